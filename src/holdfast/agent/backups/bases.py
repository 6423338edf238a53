"""Bases: what an incremental is made against, and what becomes of it without. Pure.

An incremental needs one full backup of the same folder, and never another incremental.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, NamedTuple, Sequence

from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest

FULL, INCREMENTAL = "full", "incremental"


class Choice(NamedTuple):
    """The base of the next backup; where there is none, why, if that is worth a word."""

    base: Manifest | None = None
    reason: str = ""


def choose(own: Iterable[Backup], every: int, following: int, encrypt_to: Sequence[str]) -> Choice:
    """Return the base of a definition's next backup, whose sequence number is `following`.

    `own` are its backups in the folder that the next goes to. Whoever has the identities of
    `encrypt_to` is to open it with no other, so its base must be for the same recipients.
    """
    told = [(backup.manifest, backup) for backup in own if backup.manifest is not None]
    known = sorted(told, key=lambda each: each[0].sequence)
    full = [each for each in known if each[0].kind == FULL]
    if every == 1 or not known:
        return Choice()
    wanted = known[-1][0].base
    if wanted is not None and wanted not in {manifest.backup for manifest, _ in full}:
        return anew(wanted, "is missing")
    base, seen = full[-1]  # the newest one of all is full, or its base was found
    if following - base.sequence >= every:
        return Choice()
    if not seen.is_good:
        return anew(base.backup, "is lost: " + seen.fault)
    if set(base.encrypt_to) != set(encrypt_to):
        return anew(base.backup, "is encrypted to others")
    return Choice(base)


def anew(base: str, why: str) -> Choice:
    """Return the choice of a new base, with a reason to be told."""
    return Choice(None, "a new base was made, for %s %s" % (base, why))


def fault(needing: Manifest, base: Backup | None) -> str:
    """Return why an incremental cannot be restored for want of its base, nothing if it can."""
    if base is None or base.manifest is None:
        return "its base %s is missing" % needing.base
    if base.manifest.kind != FULL or _disk(base.manifest) != _disk(needing):
        return "%s is no base of it" % needing.base
    return "" if base.is_good else "its base %s is lost: %s" % (needing.base, base.fault)


def _disk(manifest: Manifest) -> tuple[object, ...]:
    subject = manifest.subject
    # Not the dataset's GUID: a restore makes a new dataset, and the increments go on from its base.
    return manifest.machine, subject.number if isinstance(subject, Disk) else None

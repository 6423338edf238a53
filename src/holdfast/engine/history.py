"""What changed from backup to backup of a LoadMaster, each opened here to be compared."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent.archive.pieces import DATA, HEADER, pieces
from holdfast.agent.failure import Failed
from holdfast.engine.bringing import bringing
from holdfast.engine.difference import Contents, Difference, Member, difference
from holdfast.engine.pick import Where, find, named
from holdfast.errors import BackupError, NotDone, SecretError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.agent.archive.pieces import Piece
    from holdfast.engine.act import Doing
    from holdfast.engine.bringing import Bringing
    from holdfast.engine.pick import Found
    from holdfast.engine.stock import Stored

_NODES = 16
# What of a tar's header is no attribute: size, time, checksum.
_PASSING = (slice(124, 136), slice(136, 148), slice(148, 156))


@dataclass(frozen=True)
class Opening:
    """What opens backups: an identity's file, and whether unsigned manifests are accepted."""

    identity: str | None
    accept: str | None = None


@dataclass(frozen=True)
class Entry:
    """A backup and what changed since the one before it; None of the oldest there is."""

    backup: Stored
    changes: Difference | None


def compare(doing: Doing, where: Where, names: tuple[str, str], opening: Opening) -> Difference:
    """Return what changed between two backups; raise SecretError where one cannot be opened."""
    found = {each.name: each for each in named(doing.reach, where, _NODES, names)}
    first, second = (found[name] for name in names)
    for backup in (first, second):
        if backup.type not in ("loadmaster", ""):
            raise BackupError(f"{backup.name} is of a disk: only LoadMasters' are compared")
        if backup.is_encrypted and opening.identity is None:
            raise SecretError(f"{backup.name} is encrypted: give --identity FILE")
    with bringing(doing, opening.identity, opening.accept) as brought:
        return difference(contents(brought, first), contents(brought, second))


def log(
    doing: Doing, where: Where, loadmaster: str, opening: Opening, last: int
) -> tuple[list[Entry], Found]:
    """Return the last backups of a LoadMaster, newest first, and what could not be seen.

    Those that it made under an earlier name are its own, too.
    """
    found = find(doing.reach, where, _NODES)
    declared = doing.reach.inventory.loadmasters.get(loadmaster)
    names = {loadmaster, *(declared.was if declared else ())}
    ours = [each.name for each in found.backups if each.source in names]
    told = find(doing.reach, where, _NODES, ours).backups if ours else ()
    ordered = sorted(told, key=lambda each: (each.created, each.name))[-last - 1 :]
    with bringing(doing, opening.identity, opening.accept) as brought:
        seen = [_contents_or_why(brought, each, opening) for each in ordered]
    entries = [
        Entry(backup, difference(before, after))
        for backup, before, after in zip(ordered[1:], seen, seen[1:], strict=False)
    ]
    if ordered and len(ordered) <= last:
        entries.insert(0, Entry(ordered[0], None))
    return entries[::-1], found


def contents(brought: Bringing, backup: Stored) -> Contents:
    """Return what a backup holds, as far as it can be read."""
    problems: list[str] = []
    members = parameters = None
    if backup.file is None or backup.status == "lost":
        return Contents(backup.name, problems=(backup.fault or "it is lost",))
    try:
        members = _members(pieces(brought.archive(backup).tar()))
    except (Failed, BackupError, NotDone) as error:
        problems.append(str(error))
    try:
        parameters = _parameters(brought, backup)
    except (Failed, BackupError, NotDone) as error:
        problems.append(str(error))
    return Contents(backup.name, members, parameters, tuple(problems))


def _contents_or_why(brought: Bringing, backup: Stored, opening: Opening) -> Contents:
    if backup.is_encrypted and opening.identity is None:
        return Contents(backup.name, problems=("it is encrypted: give --identity FILE",))
    try:
        return contents(brought, backup)
    except SecretError as error:  # another identity's; the others can be compared all the same
        return Contents(backup.name, problems=(str(error),))


def _members(found: Iterable[Piece]) -> dict[str, Member]:
    """Return what is compared of each member; of one that comes twice both."""
    known: dict[str, Member] = {}
    times = Counter[str]()
    for name, header, digest, size in _each(found):
        times[name] += 1
        key = name if times[name] == 1 else f"{name} #{times[name]}"
        known[key] = Member(digest, size, header)
    return known


def _each(found: Iterable[Piece]) -> Iterator[tuple[str, str, str, int]]:
    name, header, digest, size = "", "", hashlib.sha256(), 0
    for piece in found:
        if piece.kind == HEADER:
            if header:
                yield name, header, digest.hexdigest(), size
            name, header, digest, size = piece.member, _steady(piece.data), hashlib.sha256(), 0
        elif piece.kind == DATA:
            digest.update(piece.data)
            size += len(piece.data)
    if header:
        yield name, header, digest.hexdigest(), size


def _steady(header: bytes) -> str:
    """Return the digest of what does not pass in a header."""
    kept = bytearray(header)
    for place in _PASSING:
        kept[place] = bytes(place.stop - place.start)
    return hashlib.sha256(kept).hexdigest()


def _parameters(brought: Bringing, backup: Stored) -> dict[str, str]:
    try:
        document = json.loads(b"".join(brought.part(backup, "parameters")))
        return {str(name): str(value) for name, value in document["parameters"].items()}
    except (ValueError, TypeError, LookupError, AttributeError):
        raise BackupError(f"{backup.name}: its parameters cannot be read") from None

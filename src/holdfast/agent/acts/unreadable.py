"""Removing a backup whose manifest cannot be read: what bears its name, for nothing else tells.

Only a person does that, by naming it twice: no run removes what it cannot prove to be its own.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import atomic, fields
from holdfast.agent.acts import received, shelf
from holdfast.agent.backups import claim, listing, state, stock
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.jobs import claims, settings
from holdfast.agent.stores import partial

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Lying
    from holdfast.agent.setup.survey import Survey


def remove(survey: Survey, there: Lying) -> None:
    """Remove it for good; killed in the midst, it is listed as before and can be removed again."""
    full, name = there.backup.name, there.backup.name.rpartition("/")[2]
    entry = os.path.join(there.folder, name + partial.MANIFEST)
    refuse_foreign(there)
    with (
        claim.held(there.layout, there.place, full, claim.DELETE),
        claims.kept_away(there.layout, _runs(survey, there), full),
    ):
        state.refuse_locked(there.folder, full, datetime.now(timezone.utc))
        beside = listing.in_folder(there.place, there.folder)
        _refuse_needed(full, beside)
        if there.parent:
            received.remove_named(there.parent, full, state.load(there.folder, name))
        others = [other.name.rpartition("/")[2] for other in beside]
        for file in _files(there.folder, name, others):
            atomic.remove(os.path.join(there.folder, file))
        atomic.remove(entry)  # last: it is what has it listed


def refuse_foreign(there: Lying) -> None:
    """Raise Failed where as much can be read as that another inventory made it."""
    if there.backup.manifest is not None:
        shelf.read(there).refuse_foreign()
        return
    known = settings.load(there.layout).owners
    for owner in _told_owners(there):
        if owner not in known:
            raise Failed(
                "%s is of the inventory %s: only that one changes it"
                % (there.backup.name, owner[:80])
            )


def _told_owners(there: Lying) -> Iterator[str]:
    """Yield the inventories that what is left of its manifest tells, and a snapshot's own copy."""
    name = there.backup.name.rpartition("/")[2]
    with contextlib.suppress(Malformed):
        given = fields.load(os.path.join(there.folder, name + partial.MANIFEST), "manifest")
        owner = given.document.get("inventory") if given is not None else None
        if isinstance(owner, str):
            yield owner
    if there.parent:
        yield from received.owners(there.parent, there.backup.name)


def _runs(survey: Survey, there: Lying) -> Iterator[tuple[str, str]]:
    """Yield the locks of all runs that may receive, build or clear in its folder."""
    folder = listing.folder_of(there.backup.name)
    if there.parent:
        yield claims.chain(there.parent, folder), there.backup.name.rpartition("/")[0]
    for wanted in stock.promised(survey)[0]:
        if not there.parent and folder in (wanted.folder, *wanted.former_folders):
            yield claims.of_definition(there.layout, wanted.id), wanted.id


def _refuse_needed(full: str, beside: list[listing.Backup]) -> None:
    """Raise Failed while another backup says that this is its base."""
    base = full.rpartition("/")[2]
    needing = [b.name for b in beside if b.manifest is not None and b.manifest.base == base]
    if needing:
        raise Failed("%s is the base of %s: delete those first" % (full, ", ".join(needing)))


def _files(folder: str, name: str, others: list[str]) -> list[str]:
    """Return the files beside a manifest that bear its backup's name, none of another backup."""
    longer = tuple(other + "." for other in others if other.startswith(name + "."))
    return [
        file
        for file in sorted(os.listdir(folder))
        if file.startswith(name + ".")
        and file != name + partial.MANIFEST
        and not file.startswith(longer)
    ]

"""Deleting one backup that somebody named twice: never a locked one, never one that is needed."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.acts import received, shelf, unreadable
from holdfast.agent.backups import claim, listing, state, stock
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import claims
from holdfast.agent.stores import partial

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey


def delete(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Remove a backup for good; `destroys` must repeat its name."""
    if op.arguments.get("destroys") != op.backup:
        raise Failed("%s is not deleted: `destroys` does not repeat its name" % op.backup)
    there = shelf.look(survey, op.storage, op.backup)
    if there.backup.manifest is None:
        unreadable.remove(survey, there)
        yield {"type": "result", "backup": op.backup}
        return
    found = shelf.read(there)
    found.refuse_foreign()
    with (
        claim.held(found.layout, found.place, found.name, claim.DELETE),
        claims.kept_away(found.layout, _runs(survey, found), found.name),
    ):
        state.refuse_locked(found.folder, found.name, datetime.now(timezone.utc))
        _refuse_needed(found)
        if found.parent:
            received.remove(found)
        else:
            partial.remove_backup(found.folder, found.manifest, found.layout.inventory)
    yield {"type": "result", "backup": found.name}


def _runs(survey: Survey, found: Found) -> Iterator[tuple[str, str]]:
    """Yield the locks of runs that may just make what needs this backup, or clear beside it."""
    if found.parent:  # also of another inventory, or of a definition that was just removed
        source = found.name.rpartition("/")[0]
        yield claims.chain(found.parent, listing.folder_of(found.name)), source
        return
    for wanted in stock.promised(survey)[0]:
        if wanted.base_every > 1 and found.manifest.fits(wanted, found.owners):
            yield claims.of_definition(found.layout, wanted.id), wanted.id


def _refuse_needed(found: Found) -> None:
    """Raise Failed while another backup could not be restored without this one."""
    if found.parent:
        return  # each snapshot stands alone
    needing = [
        other.name
        for other in listing.in_folder(found.place, found.folder)
        if other.manifest is not None and other.manifest.base == found.manifest.backup
    ]
    if needing:
        raise Failed("%s is the base of %s: delete those first" % (found.name, ", ".join(needing)))

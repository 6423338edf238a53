"""Deleting one backup that somebody named twice: never a locked one, never one that is needed."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import timestamp
from holdfast.agent.acts import received, shelf
from holdfast.agent.backups import claim, listing, state
from holdfast.agent.failure import Failed
from holdfast.agent.stores import partial

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey


def delete(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Remove a backup for good; `destroys` must repeat its name."""
    if op.arguments.get("destroys") != op.backup:
        raise Failed("%s is not deleted: `destroys` does not repeat its name" % op.backup)
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_foreign()
    with claim.held(found.layout, found.place, found.name, claim.DELETE):
        _refuse_locked(found)
        _refuse_needed(found)
        if found.parent:
            received.remove(found)
        else:
            partial.remove_backup(found.folder, found.manifest, found.layout.inventory)
    yield {"type": "result", "backup": found.name}


def _refuse_locked(found: Found) -> None:
    lock = state.load(found.folder, found.manifest.backup).lock
    if lock is None or not lock.holds(datetime.now(timezone.utc)):
        return
    until = "" if lock.until is None else " until " + timestamp.to_text(lock.until)
    raise Failed(
        "%s is locked%s (%s, by %s): unlock it first"
        % (found.name, until, lock.reason, lock.origin)
    )


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

"""Deleting one backup that somebody named twice: never a locked one, never one that is needed."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import locks, stores
from holdfast.agent.acts import received, shelf, unreadable
from holdfast.agent.backups import claim, listing, state, stock
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import claims
from holdfast.agent.stores import partial

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.definition import Definition
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
        _runs_kept_away(survey, found),
    ):
        state.refuse_locked(found.folder, found.name, datetime.now(timezone.utc))
        _refuse_needed(found)
        if found.parent:
            received.remove(found)
        else:
            partial.remove_backup(found.folder, found.manifest, found.layout.inventory)
    yield {"type": "result", "backup": found.name}


@contextlib.contextmanager
def _runs_kept_away(survey: Survey, found: Found) -> Iterator[None]:
    """Keep away the runs that may just be making what needs this backup."""
    with contextlib.ExitStack() as stack:
        for wanted in stock.promised(survey)[0]:
            if _may_need(wanted, found):
                name = claims.of_definition(found.layout, wanted.id)
                path = os.path.join(found.layout.run, name)
                if not stack.enter_context(locks.tried(path)):
                    raise Failed(
                        "a run of %s is under way and may need %s: try again after it"
                        % (wanted.id, found.name)
                    )
        yield


def _may_need(wanted: Definition, found: Found) -> bool:
    """Tell whether a run of a definition builds on a backup, or receives or clears beside it."""
    if found.parent:
        folders = (wanted.folder, *wanted.former_folders)
        same = (wanted.type, wanted.place) == (stores.DATASET, found.parent)
        return same and listing.folder_of(found.name) in folders
    return wanted.base_every > 1 and found.manifest.fits(wanted, found.owners)


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

"""Which backup can be restored to what kind of place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed
from holdfast.agent.restoring.goal import DATASET, IMAGE

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.restoring.goal import Goal


def refuse_misfit(found: Found, goal: Goal) -> None:
    """Raise Failed where a backup of one kind would go to a place of another."""
    made = found.manifest
    if made.source.kind == "loadmaster":
        raise Failed("%s is a LoadMaster's configuration: `backup download` it" % found.name)
    is_stream = made.source.kind == "dataset"
    if goal.kind == DATASET and not is_stream:
        raise Failed("%s is an image, %s a dataset" % (found.name, goal.place))
    if goal.kind == IMAGE and is_stream and goal.replaces:
        raise Failed("%s is a dataset's stream, %s an image" % (found.name, goal.place))
    if goal.kind == IMAGE and made.children:
        raise Failed(
            "%s is of several datasets, and no one file holds them: restore it to a dataset"
            % found.name
        )
    if goal.kind == IMAGE and made.base is not None:
        raise Failed(
            "%s is an incremental: restore it to a dataset, which its base %s is put into first"
            % (found.name, made.base)
        )

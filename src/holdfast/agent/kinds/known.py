"""Other nodes as this one reaches them, each by its pinned host key."""

from __future__ import annotations

import os

from holdfast.agent import names
from holdfast.agent.setup import documents

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return what is known of each node, by its name, and what is wrong with it."""
    found, problems = documents.read(survey.layout.known, "known", names.is_name)
    return dict(found), problems


def apply(survey: Survey, op: Op) -> None:
    """Write how a node is reached, or forget it."""
    from holdfast.agent import atomic, canonical  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.fields import Fields  # noqa: PLC0415
    from holdfast.agent.peers import known  # noqa: PLC0415

    file = os.path.join(survey.layout.known, op.name + ".json")
    if op.after is None:
        atomic.remove(file)
        return
    known.from_fields(op.name, Fields(op.after, "known " + op.name))
    atomic.write(file, canonical.dumps(op.after) + "\n")

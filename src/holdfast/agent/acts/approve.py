"""Agreeing that old backups go which rotation would remove but for somebody's word."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import definition, names
from holdfast.agent.backups import stock, vouching
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import rotation
from holdfast.agent.protocol import applylock

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey


def approve(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:
    """Put names beside those that were approved before; each must wait by the rule of this node."""
    given = Fields(op.arguments, "approve")
    identity, wanted_names = given.text("definition"), given.texts("names")
    layout = survey.layout
    with applylock.held(asked.by):
        wanted = definition.load(layout, identity) if names.is_id(identity) else None
        if wanted is None:
            raise Failed("there is no definition %s here" % identity[:80])
        agreed = rotation.approved(layout, wanted)
        own = vouching.vouched(layout, stock.own(layout, wanted))
        waiting = rotation.decide(own, wanted, agreed, 0, datetime.now(timezone.utc)).waiting
        strange = sorted(set(wanted_names) - {backup.name for backup in waiting})
        if strange:
            raise Failed(
                "%s does not wait to be removed by the retention of this node: is the inventory "
                "applied?" % strange[0][:80]
            )
        rotation.approve(layout, identity, sorted(agreed.union(wanted_names)))
    yield {"type": "result", "approved": wanted_names}

"""Restoring a LoadMaster: proven and fitting first, then a backup of what is there, then sent once.

What a device was sent is never sent again: a restore is not known to be idempotent. After the base
a connection that is gone is a possible end; what became of the device is asked, not assumed.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.acts import shelf
from holdfast.agent.backups import claim
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.reinstating import fit, safety
from holdfast.agent.reinstating.delivery import Delivery
from holdfast.agent.reinstating.order import UNSAVED, UNSIGNED, Order
from holdfast.agent.reinstating.shipment import Shipment
from holdfast.agent.sources import loadmaster

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.reinstating.delivery import Outcome
    from holdfast.agent.setup.survey import Survey
    from holdfast.agent.sources.loadmaster import Facts

    Line = dict[str, object]


def reinstate(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Put parts of a backup back onto a LoadMaster that this node is the connector of.

    `file_key`, `base_key` and `certificates_key` open these files and no other.
    """
    order = Order.from_fields(Fields(op.arguments, "restore"))
    found = shelf.find(survey, op.storage, op.backup)
    base = shelf.base_of(found)
    for each in filter(None, (found, base)):
        each.refuse_untrusted(UNSIGNED if UNSIGNED in order.accepted else None)
        each.refuse_lost()
    shipment = Shipment(found, order.keys)
    delivery = Delivery(survey.layout, order, shipment)
    with contextlib.ExitStack() as stack:
        # Also keeps the rotation of the safety backup away from them.
        for each in filter(None, (found, base)):
            stack.enter_context(claim.held(each.layout, each.place, each.name, claim.RESTORE))
        with loadmaster.opened(survey.layout, order.loadmaster) as device:
            fits = device.facts
        if fit.ACCEPTED not in order.accepted:
            fit.refuse_mismatch(order.loadmaster, shipment.made_of, fits)
        delivery.prove()
        saved = ""
        if UNSAVED not in order.accepted:
            saved = yield from safety.make(survey, order.loadmaster)
        outcome = _sent(delivery, fits, saved)
    yield {
        "type": "result",
        "backup": found.name,
        "loadmaster": order.loadmaster,
        "saved": saved,
        "answered": outcome.answered,
        "told": outcome.told,
        "confirmed": outcome.confirmed,
    }


def _sent(delivery: Delivery, fits: Facts, saved: str) -> Outcome:
    """Send; where that fails tell what could take back the half of it that may have been done."""
    try:
        return delivery.send(fits)
    except Failed as error:
        if not saved:
            raise
        raise Failed("%s; what was there before is %s" % (error, saved)) from error

"""Lets another node deliver a restore here: a ticket for one place, one use, a short while.

A node that no apply lets in comes by the key that `introduce` told there; it is let in with the
ticket and no more once that is dismissed, or with the next apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from holdfast.agent import identity, names
from holdfast.agent.acts import shelf
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.peers import ticket
from holdfast.agent.restoring import origin
from holdfast.agent.restoring.goal import Goal
from holdfast.agent.setup import peerkey

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def introduce(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell the public key that this node comes with, and how much it brings of a backup at most."""
    try:
        key = identity.find(survey.layout)
    except ValueError as error:
        what = "this node's own key is damaged: %s; apply the inventory to it"
        raise Failed(what % error) from None
    if key is None:
        raise Failed("this node has no key of its own: apply the inventory to it")
    most = origin.most(shelf.find(survey, op.storage, op.backup))
    yield {"type": "result", "key": key, "most": most}


def admit(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell the ticket for `peer` to deliver at most `size` bytes to `goal` within `seconds`."""
    given = Fields(op.arguments, "admit")
    Goal.from_fields(given.inner("goal")).refuse_storage(survey)
    shown = ticket.issue(survey.layout, given)
    if "key" in op.arguments and not peerkey.of(survey.layout, given.text("peer")):
        _let_in(survey, given)
    yield {"type": "result", "ticket": shown}


def dismiss(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Expect a delivery no more, whether it came or not."""
    given = Fields(op.arguments, "dismiss")
    peer, layout = given.text("peer"), survey.layout
    if not names.is_name(peer):
        raise given.refusal("peer", "the name of a node")
    ticket.withdraw(layout, peer, given.text("ticket"))
    if not peerkey.is_granted(layout, peer) and not ticket.any_of(layout, peer):
        peerkey.remove(layout, peer)
    yield {"type": "result"}


def _let_in(survey: Survey, given: Fields) -> None:
    key, addresses = given.text("key"), given.texts("from")
    if not identity.is_public(key):
        raise given.refusal("key", "the public key of a node")
    if not all(map(peerkey.is_address, addresses)):
        raise given.refusal("from", "a list of IP addresses")
    peerkey.put(survey.layout, given.text("peer"), key, list(addresses))

"""Known: another node as this one reaches it, by the host key that the inventory pins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import fields, names
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout

_LARGEST_PORT = 65_535


class Known(NamedTuple):
    """How node `node` is reached, and by what name it knows us: by SSH, or where `root` is here."""

    node: str
    me: str
    address: str
    port: int
    user: str
    host_key: str
    root: str


def from_fields(node: str, given: Fields) -> Known:
    """Return the node that a document describes, or raise Malformed."""
    me = given.text("me")
    if not names.is_name(me) or not names.is_name(node):
        raise given.refusal("me", "the name of a node")
    if "root" in given.document:
        return Known(node, me, "", 0, "", "", given.text("root"))
    known = Known(
        node,
        me,
        address=given.text("address"),
        port=given.whole("port", 1),
        user=given.text("user"),
        host_key=given.text("host_key"),
        root="",
    )
    for name, value in (("address", known.address), ("user", known.user)):
        # They go to ssh as words of their own.
        if not value or value.startswith("-") or not value.isprintable() or " " in value:
            raise given.refusal(name, "one word")
    if known.port > _LARGEST_PORT:
        raise given.refusal("port", "a port")
    if not known.host_key.isprintable() or known.host_key.count(" ") != 1:
        raise given.refusal("host_key", "a public key without a comment")
    return known


def find(layout: Layout, node: str) -> Known:
    """Return how a node is reached; raise Failed where that was not applied."""
    given = fields.load(os.path.join(layout.known, node + ".json"), "how node %s is reached" % node)
    if given is None:
        raise Failed("node %s is not known here: apply the inventory to this node" % node)
    return from_fields(node, given)

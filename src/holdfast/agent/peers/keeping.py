"""Under which names a peer keeps snapshots here: its own, and never another's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.agent import fields, names
from holdfast.agent.failure import Malformed
from holdfast.agent.peers import grant

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.grant import Grant

_LONGEST = 256


def of(layout: Layout, granted: Grant, given: Fields) -> tuple[str, ...]:
    """Return the keepers that a request names, the present one first.

    For a file it is the definition's ID, with former ones that are nobody's now. For a dataset it
    is the id of the storage's marker, which a node is told only of snapshots that it keeps.
    """
    keepers = given.texts("keepers")
    if not keepers or not all(map(_is_mark, keepers)):
        raise given.refusal("keepers", "a list of names")
    if granted.type == "file" and keepers[0] != granted.id:
        raise given.refusal("keepers", "%s and its former IDs" % granted.id)
    taken = [keeper for keeper in keepers if keeper != granted.id and _is_known(layout, keeper)]
    if taken:
        raise Malformed("%s may not take over what is kept for %s" % (granted.id, taken[0]))
    return keepers


def refuse_keeper(layout: Layout, peer: str, keeper: str) -> None:
    """Raise Failed for a keeper that is none, or a definition's that the peer is not granted."""
    if keeper and not _is_mark(keeper):
        raise Malformed("node %s names a keeper that is none" % peer)
    if names.is_id(keeper) and _is_known(layout, keeper):
        grant.find(layout, peer, keeper)


def _is_mark(keeper: str) -> bool:
    """Tell whether text can be a mark: what lists print as lines and columns holds none of them."""
    return 0 < len(keeper) <= _LONGEST and keeper.isprintable()


def _is_known(layout: Layout, keeper: str) -> bool:
    """Tell whether a keeper is a definition of today, of this node or of a peer."""
    if not names.is_id(keeper):
        return False
    if os.path.exists(os.path.join(layout.definitions, keeper + ".json")):
        return True
    there = os.listdir(layout.peers) if os.path.isdir(layout.peers) else []
    for name in sorted(there):
        given = fields.load(os.path.join(layout.peers, name), "what a peer may do")
        if given is not None and keeper in given.inner("definitions").document:
            return True
    return False

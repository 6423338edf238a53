"""What outlives a killed run: a `zfs` that still changes its chain is waited for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from holdfast.agent.jobs import underway
from holdfast.agent.stores.whereabouts import is_among
from holdfast.agent.zfs import atwork

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.stores.chain import Chain


def left(layout: Layout, chain: Chain) -> frozenset[str]:
    """Return what runs that ended early were sending into a chain, once nothing changes it.

    Raises Failed where that takes too long.
    """
    sending = underway.into(layout, chain.dataset)
    if sending:
        with chain.changing():
            atwork.wait(chain.dataset, partial(is_among, chain.dataset))
    return sending

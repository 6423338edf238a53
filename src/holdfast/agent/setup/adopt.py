"""Moves what an inventory has on a node to its new id, in place. Must not: merge two of them."""

from __future__ import annotations

import os

from holdfast.agent import atomic
from holdfast.agent.cron import cronwrite
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import tickets
from holdfast.agent.layout import Layout
from holdfast.agent.setup import node, peerkey, readerkey


def refuse_while_running(layout: Layout, identity: str | None = None) -> None:
    """Raise Failed while runs, of one definition or of any, are queued or running."""
    for name in tickets.listed(layout):
        ticket = tickets.read(layout, name)
        if ticket is None or ticket.inventory != layout.inventory:
            continue
        if identity in (None, ticket.definition):
            raise Failed("a run of %s is queued or running; let it end" % ticket.definition)


def move(before: Layout, after: Layout) -> None:
    """Move the settings; from here on the things are the new inventory's."""
    os.rename(before.etc, after.etc)
    atomic.sync_folder(os.path.dirname(after.etc))


def finish(layout: Layout, former: tuple[str, ...]) -> None:
    """Move all else that still bears a former id; also what a killed apply left of that."""
    for inventory in former:
        older = Layout(inventory, layout.root)
        if inventory == layout.inventory or os.path.lexists(older.etc):
            continue
        if os.path.isdir(older.var):
            if os.path.lexists(layout.var):
                raise Failed("both %s and %s are there: keep one" % (older.var, layout.var))
            os.rename(older.var, layout.var)
            atomic.sync_folder(os.path.dirname(layout.var))
        readerkey.rename(older, layout)
        peerkey.rename(older, layout)
        for mode in (node.CRON_D, node.CRONTAB):
            cronwrite.clear(older, mode)

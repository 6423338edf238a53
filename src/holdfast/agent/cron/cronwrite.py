"""Tells cron: our file in /etc/cron.d or our block in a crontab, old or new but never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent import atomic, ownedblock
from holdfast.agent.cron import cronfile, cronmemo, crontab, crontable
from holdfast.agent.failure import Failed
from holdfast.agent.setup.node import CRON_D, CRONTAB, Node

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


def write(layout: Layout, settings: Node, definitions: dict[str, dict[str, object]]) -> None:
    """Tell cron of these definitions and no others, in one step."""
    wanted = crontable.entries(definitions)
    inventory, spread = layout.inventory, settings.spread
    try:
        if settings.mode == CRONTAB:
            lines = cronfile.render_block(inventory, spread, wanted) if wanted else None
            _replace_block(layout, lines)
        elif wanted:
            content = cronfile.render_file(inventory, spread, wanted).encode()
            cronmemo.note(layout, spread, wanted, content)
            atomic.write(layout.cron_file, content, crontable.MODE)
        else:
            atomic.remove(layout.cron_file)
    except ValueError as error:
        raise Failed(str(error)) from error


def clear(layout: Layout, mode: str) -> None:
    """Tell cron nothing any more, in one of the two places."""
    if mode == CRON_D:
        atomic.remove(layout.cron_file)
    elif crontab.exists(layout):
        try:
            _replace_block(layout, None)
        except ValueError as error:
            raise Failed(str(error)) from error


def _replace_block(layout: Layout, lines: tuple[str, ...] | None) -> None:
    """Put our block into the crontab; all that others wrote stays byte for byte."""
    before = crontab.read(layout)
    split = ownedblock.split_block(before.decode(errors=crontable.BYTES), layout.inventory)
    after = ownedblock.join_block(split._replace(lines=lines), layout.inventory)
    content = after.encode(errors=crontable.BYTES)
    if content != before:
        crontab.write(layout, content)

"""The keys of other nodes, each let in to its own door: lines of ours in authorized_keys."""

from __future__ import annotations

import os

from holdfast.agent.setup import authorized

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

_ADDRESS = frozenset("0123456789abcdefABCDEF.:/")


def is_address(text: str) -> bool:
    """Tell whether text is an IP address, maybe of a net, and nothing that would end an option."""
    return bool(text) and _ADDRESS.issuperset(text)


def lines(layout: Layout) -> tuple[str, ...]:
    """Return the lines of our block that are peers', as they stand there."""
    return tuple(line for line in authorized.find(layout) if is_line(layout, line))


def is_line(layout: Layout, line: str) -> bool:
    """Tell whether a line of our block lets a peer in."""
    return _command(layout, "") in line


def nodes(layout: Layout) -> tuple[str, ...]:
    """Return the names of the nodes that are let in."""
    opening = _command(layout, "")
    return tuple(line.partition(opening)[2].partition('"')[0] for line in lines(layout))


def of(layout: Layout, node: str) -> tuple[str, ...]:
    """Return the lines that let one node in."""
    return tuple(line for line in lines(layout) if _command(layout, node) + '"' in line)


def line(layout: Layout, node: str, key: str, addresses: list[str]) -> str:
    """Return the line that lets a node in by its key, from its addresses where they are known."""
    options = "restrict,command=%s" % _command(layout, node) + '"'
    if addresses:
        options += ',from="%s"' % ",".join(addresses)
    return "%s %s holdfast-%s" % (options, key, layout.inventory)


def put(layout: Layout, node: str, key: str, addresses: list[str]) -> None:
    """Let a node in by this key, and by no other."""
    _replace(layout, node, (line(layout, node, key, addresses),))


def remove(layout: Layout, node: str) -> None:
    """Let a node in no more."""
    _replace(layout, node, ())


def rename(before: Layout, after: Layout) -> None:
    """Give the lines of a former id to the new one."""
    renamed = tuple(
        each.replace(_command(before, ""), _command(after, ""))[: -len(before.inventory)]
        + after.inventory
        for each in lines(before)
        if each.endswith(" holdfast-" + before.inventory)
    )
    if renamed:
        authorized.put(after, (*authorized.find(after), *renamed))
        authorized.put(before, ())


def is_granted(layout: Layout, node: str) -> bool:
    """Tell whether an apply lets a node in."""
    return os.path.exists(os.path.join(layout.peers, node + ".json"))


def _replace(layout: Layout, node: str, own: tuple[str, ...]) -> None:
    gone = of(layout, node)
    others = tuple(each for each in authorized.find(layout) if each not in gone)
    authorized.put(layout, (*others, *own))


def _command(layout: Layout, node: str) -> str:
    return '"/opt/holdfast/holdfast-agent peer %s %s' % (layout.inventory, node)

"""Names: unique regardless of case, since some file systems cannot tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.path import Path

# `<ID>.approved.json` lies on the node beside `<ID>.json`.
_RESERVED = ".approved"


def names(inventory: Inventory) -> Iterator[Finding]:
    """Find names that differ in case only, or are both a server's and a LoadMaster's."""
    for section in ("datacenters", "nodes"):
        yield from _alike(inventory, ((section, name) for name in inventory.declared[section]))
    sources = [
        (section, name)
        for section in ("loadmasters", "servers")
        for name in inventory.declared[section]
    ]
    yield from _alike(inventory, sources)
    for section, name in sources:
        if name.lower().endswith(_RESERVED):
            yield Finding((section, name), f"`{name}` ends in `{_RESERVED}`", "choose another name")
    for name, node in inventory.nodes.items():
        paths = (("nodes", name, "storages", storage) for storage in node.storages)
        yield from _alike(inventory, paths)


def _alike(inventory: Inventory, paths: Iterable[Path]) -> Iterator[Finding]:
    """Yield a finding for each path whose last part is, but for case, an earlier one's."""
    first: dict[str, Path] = {}
    for path in sorted(paths, key=inventory.place):
        name = str(path[-1])
        earlier = first.setdefault(name.casefold(), path)
        if earlier is path:
            continue
        what = "is the same name as" if earlier[-1] == name else "differs only in case from"
        other = f"`{earlier[-1]}` at {inventory.place(earlier)}"
        yield Finding(path, f"{what} {other}", "choose another name")

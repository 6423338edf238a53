"""Datacenters whose backups take up all that their limit allows, as the nodes tell. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Actual


def crowded(inventory: Inventory, actual: Iterable[Actual]) -> Iterator[Problem]:
    """Yield a warning for each that is full, with what lies where."""
    answers = tuple(actual)
    for name, center in inventory.datacenters.items():
        most = center.limits.total_size
        sizes = {a.target: a.usage[name].size for a in answers if name in a.usage}
        if most is None or not sizes or sum(sizes.values()) < most:
            continue
        where = ", ".join(f"{node} {size}" for node, size in sorted(sizes.items()))
        full = sorted(node for node, size in sizes.items() if size >= most)
        what = f"the backups of datacenter {name} take up {sum(sizes.values())} bytes ({where})"
        hint = f"its total_size is {most}; delete some, keep fewer, or raise it"
        if full:
            hint += f": until then none is made on {', '.join(full)}"
        path = ("datacenters", name, "limits", "total_size")
        yield Problem(inventory.place(path), ".".join(path), what, hint, Severity.WARNING)

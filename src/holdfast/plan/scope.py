"""Scope: which part of the inventory a command looks at."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from holdfast.plan.resource import LOADMASTER, NODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.plan.resource import Address


@dataclass(frozen=True)
class Scope:
    """Address globs of --target and --exclude; without any it is the whole inventory."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the filters as they would be typed."""
        return (
            *(f"--target {glob}" for glob in self.targets),
            *(f"--exclude {glob}" for glob in self.excludes),
        )

    @classmethod
    def of(cls, filters: Iterable[str]) -> Scope:
        """Return the scope that was typed so; a saved plan keeps its own."""
        pairs = [filter_.split(" ", 1) for filter_ in filters]
        return cls(
            tuple(glob for flag, glob in pairs if flag == "--target"),
            tuple(glob for flag, glob in pairs if flag == "--exclude"),
        )

    def covers(self, address: Address) -> bool:
        """Tell whether an address is looked at."""
        if not self.targets and not self.excludes:
            return True
        text = str(address)
        wanted = not self.targets or any(fnmatchcase(text, glob) for glob in self.targets)
        return wanted and not any(fnmatchcase(text, glob) for glob in self.excludes)

    def reaches(self, node: str, devices: Iterable[str] = ()) -> bool:
        """Tell whether anything on a node, or a LoadMaster behind it, can be looked at.

        When in doubt, yes; but who leaves a node out leaves out what is behind it.
        """
        if f"node/{node}/*" in self.excludes or f"node/{node}*" in self.excludes:
            return False
        there = [(NODE, node), *((LOADMASTER, device) for device in devices)]
        return not self.targets or any(
            _may_match(scope, name, glob) for scope, name in there for glob in self.targets
        )


def _may_match(scope: str, name: str, glob: str) -> bool:
    parts = glob.split("/")
    if "*" in parts[0] or len(parts) == 1:
        return True
    return parts[0] == scope and fnmatchcase(name, parts[1])

"""A node that lacks some of what this machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.transforms.available import Available

if TYPE_CHECKING:
    from types import ModuleType


class Lacking(Available):
    """This machine without the modules and programs named."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def module(self, name: str) -> ModuleType | None:
        return None if name.partition(".")[0] in self._names else super().module(name)

    def program(self, name: str) -> str | None:
        return None if f"{name} program" in self._names else super().program(name)

"""What a command is: what it does, who may, and in which firmware it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.answer import Answer
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.firmware import Firmware


@dataclass(frozen=True)
class Command:
    """One command of both APIs; `permissions` is any of these, empty is any user."""

    run: Callable[[Device, Call], Answer]
    permissions: tuple[str, ...] = ()
    uploads: bool = False
    since: tuple[int, ...] = (0,)
    until: tuple[int, ...] = (9999,)

    def exists(self, firmware: Firmware) -> bool:
        """Tell whether a firmware has it."""
        return self.since <= firmware.numbers < self.until

"""Faults that a test orders: which calls they hit, how often, and what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock


class Kind(StrEnum):
    """What goes wrong."""

    ERROR_IN_200 = "error-in-200"  # HTTP says 200, the body says 422
    EMPTY_200 = "empty-200"
    HTML_200 = "html-200"
    TRUNCATED = "truncated"  # the body ends in the middle
    STALL = "stall"  # the body stops in the middle for `seconds`
    SLOW = "slow"  # the command takes `seconds` longer
    RESET = "reset"
    RESET_AFTER = "reset-after"  # the command is done, its answer is not sent
    DROP = "drop"  # as the rate limit does it
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    REFUSED = "422"
    BOOTING = "503"
    BAD_CHECKSUM = "bad-checksum"  # the downloaded gzip's last bytes are wrong
    CUT_ARCHIVE = "cut-archive"  # a whole answer with half an archive
    FOREIGN_ARCHIVE = "foreign-archive"  # a whole answer with no archive
    EMPTY_ARCHIVE = "empty-archive"  # a good gzip'ed tar with nothing in it


@dataclass
class Fault:
    """One order; `times` None is forever. `command` is a pattern, such as `backup*`."""

    kind: Kind
    command: str = "*"
    times: int | None = 1
    seconds: float = 30.0


@dataclass
class Faults:
    """The orders of one device, first come first served."""

    _orders: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, fault: Fault) -> None:
        """Take an order."""
        with self._lock:
            self._orders.append(fault)

    def clear(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._orders.clear()

    def listed(self) -> list[Fault]:
        """Return the orders that are still open."""
        with self._lock:
            return list(self._orders)

    def take(self, command: str) -> Fault | None:
        """Return the fault that hits a call of this command, used up by one."""
        with self._lock:
            for order in self._orders:
                if fnmatchcase(command, order.command):
                    if order.times is not None:
                        order.times -= 1
                        if order.times <= 0:
                            self._orders.remove(order)
                    return order
            return None

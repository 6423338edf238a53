"""A session with a device: its turn taken, its API found out or remembered."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.loadmaster import discovery, memory, turn
from holdfast.agent.loadmaster import target as targets
from holdfast.agent.loadmaster.device import Device
from holdfast.agent.loadmaster.errors import ApiOff
from holdfast.agent.loadmaster.patience import Patience

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

_USUAL = Patience()


@contextlib.contextmanager
def glance(layout: Layout, name: str, patience: Patience = _USUAL) -> Iterator[Device]:
    """Give a device as `session` does, and write nothing down: a plan changes nothing anywhere."""
    with _taken(layout, name, patience) as device:
        discovery.settle(layout, device)
        yield device


@contextlib.contextmanager
def session(layout: Layout, name: str, patience: Patience = _USUAL) -> Iterator[Device]:
    """Give a device to one caller at a time; raise DeviceError or Malformed."""
    with _taken(layout, name, patience) as device:
        try:
            discovery.settle(layout, device)
            yield device
        except ApiOff:
            memory.forget(layout, name)
            raise
        discovery.learn(layout, device)


@contextlib.contextmanager
def _taken(layout: Layout, name: str, patience: Patience) -> Iterator[Device]:
    target = targets.load(layout, name)
    login = target.login(layout)
    with turn.taken(layout, target, patience.turn) as pace:
        yield Device(target, login, pace, patience)

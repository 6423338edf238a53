"""After a restore of the base: which login a device answers to, if it comes back at all.

Its address, users and keys may be others by then, so silence is a possible end and no failure.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple, Sequence

from holdfast.agent.loadmaster import discovery, turn
from holdfast.agent.loadmaster.device import Device
from holdfast.agent.loadmaster.errors import DeviceError, Unauthorized, Untrusted

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.login import Login
    from holdfast.agent.loadmaster.patience import Patience
    from holdfast.agent.loadmaster.target import Target

# It may restart its web server, or itself; what is not back by then wants a person.
PAUSES = (2.0, 3.0, 5.0, 10.0, 15.0, 25.0, 30.0, 30.0, 60.0)


class Candidate(NamedTuple):
    """A login that may be good now, and what a person knows it by."""

    name: str
    login: Login


class Comeback(NamedTuple):
    """Whose login the device answers to; None for none, then `reason` says what it did."""

    answered: str | None
    reason: str = ""


def wait(
    layout: Layout,
    target: Target,
    candidates: Sequence[Candidate],
    patience: Patience,
    pauses: Sequence[float] = PAUSES,
) -> Comeback:
    """Ask for its version after each pause until a login is answered; a rejected one only once."""
    hopeful = list(candidates)
    reason = ""
    with turn.taken(layout, target, patience.turn) as pace:
        for pause in pauses:
            time.sleep(pause)
            for candidate in tuple(hopeful):
                device = Device(target, candidate.login, pace, patience)
                try:
                    discovery.settle(layout, device)
                    device.find_firmware()
                except Unauthorized as error:
                    hopeful.remove(candidate)  # repeated failures block an account
                    reason = str(error)
                except Untrusted as error:
                    return Comeback(None, str(error))
                except DeviceError as error:
                    reason = str(error)
                else:
                    return Comeback(candidate.name)
            if not hopeful:
                break
    return Comeback(None, reason)

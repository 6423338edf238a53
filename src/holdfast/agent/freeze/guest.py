"""What is asked of a QEMU guest agent, whichever way it is reached.

The one thing that matters: whoever may have frozen a guest thaws it, or says loudly that it cannot.
"""

from __future__ import annotations

from typing import Protocol

from holdfast.agent.failure import Failed

FREEZE, THAW = "guest-fsfreeze-freeze", "guest-fsfreeze-thaw"
_TRIES = 3


class Limits:
    """How long, in seconds, each step may take."""

    def __init__(self, reach: float = 5, freeze: float = 30, thaw: float = 10) -> None:
        self.reach = reach
        self.freeze = freeze
        self.thaw = thaw


class Trouble(Exception):
    """A guest agent did not do what was asked; this one: it refused, in its own words."""


class Unreached(Trouble):
    """It was not even asked: nobody is there, or nobody answers."""


class Unanswered(Trouble):
    """It was asked and gave no answer: what it did, or may yet do, is not known."""


class NotFrozen(Failed):
    """The guest runs on, unfrozen."""


class Stuck(Failed):
    """The guest may be frozen, and thawing it failed."""


class Channel(Protocol):
    """One way to a guest agent."""

    def ask(self, command: str, reach: float, limit: float) -> object:
        """Return what the agent returns; raise Trouble."""


def freeze(channel: Channel, limits: Limits) -> None:
    """Freeze the guest; raise NotFrozen if it runs on, Stuck if nobody can tell."""
    try:
        count = channel.ask(FREEZE, limits.reach, limits.freeze)
    except Unanswered as trouble:
        thaw(channel, limits)  # it may do late what it was asked
        raise NotFrozen("%s; it was thawed" % trouble) from None
    except Trouble as trouble:
        raise NotFrozen(str(trouble)) from None
    if not isinstance(count, int) or count < 1:
        thaw(channel, limits)
        raise NotFrozen("the guest agent froze no file system")


def thaw(channel: Channel, limits: Limits) -> None:
    """Thaw the guest; raise Stuck if that fails again and again."""
    said = ""
    for _ in range(_TRIES):
        try:
            channel.ask(THAW, limits.thaw, limits.thaw)
        except Trouble as trouble:
            said = str(trouble)
        else:
            return
    raise Stuck(
        "the guest may still be frozen, thawing it failed: %s; "
        "thaw it by hand (virsh domfsthaw) or restart it" % said
    )

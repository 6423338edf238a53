"""What goes wrong with a LoadMaster, and the status that each cause leads to.

Must not: hold a secret. `words` are the device's own, cleaned and redacted by who read them.
"""

from __future__ import annotations

from typing import Tuple, Type

from holdfast.agent.failure import Failed
from holdfast.agent.loadmaster.values import is_page

FAILED, TIMEOUT, UNAUTHORIZED, APIVERSION = "failed", "timeout", "unauthorized", "apiversion"


class DeviceError(Failed):
    """A device could not do what it was asked; the text says what is wrong and what to do."""

    status = FAILED
    hint = ""
    passes = False  # it may be over in a moment: a safe read is tried again

    def __init__(self, device: str, what: str, words: str = "") -> None:
        self.device, self.what, self.words = device, what, words
        said = "%s: %s" % (device, what) + (" (it says: %s)" % words if words else "")
        super().__init__(said + ("; " + self.hint if self.hint else ""))


class NotSetUp(DeviceError):
    """The node does not know the device, or lacks its secret."""

    hint = "apply sets it up"


class Busy(DeviceError):
    """Another caller has the device, and does not come to its end."""

    status = TIMEOUT
    hint = "one caller a device; it is let in when that one is done"


class Unreachable(DeviceError):
    """No connection: the name does not resolve, nobody listens, no route."""

    hint = "see that the address is right and that the connector gets there"


class Dropped(DeviceError):
    """A connection was taken and ended without a whole answer, as the rate limit does it."""

    passes = True
    hint = "more than 30 calls in 3 s make it do so; who else calls it?"


class TimedOut(DeviceError):
    """It did not connect, answer or finish in time."""

    status = TIMEOUT


class Untrusted(DeviceError):
    """It proves itself by another certificate than it should; nothing was sent to it."""

    hint = "if it was changed on purpose, put the new one into `tls`; else somebody is in between"


class Unauthorized(DeviceError):
    """It rejects the login. Never tried again: repeated failures block the account."""

    status = UNAUTHORIZED
    hint = "give it a key or password that is good; its account may be blocked by now"


class Forbidden(DeviceError):
    """The login is good, but not for this."""

    hint = "give its user the permission (`backup`, and `certbackup` for certificates)"


class ApiOff(DeviceError):
    """Its API is switched off."""

    status = APIVERSION
    hint = "switch it on: Certificates & Security > Remote Access > Enable API Interface"


class UnknownCommand(DeviceError):
    """Its firmware has no such command."""

    status = APIVERSION
    hint = "update its firmware"


class FirmwareTooOld(DeviceError):
    """Its firmware is under the minimum."""

    status = APIVERSION
    hint = "update it, or lower `minimum_firmware`"


class Rejected(DeviceError):
    """It refuses the command or a value, in its own words."""


class Faulty(DeviceError):
    """Its web server reports a fault of its own."""


class Booting(Faulty):
    """It is not up yet."""

    passes = True


class BadAnswer(DeviceError):
    """It says all is well, and what it sent is not what was asked for."""


class WebPage(BadAnswer):
    """It shows a page for people, as some do while their API is off."""

    hint = "is its API switched on, and is this the port of its API?"


class TooLarge(DeviceError):
    """A file is larger than any that a device makes."""


Meaning = Tuple[Type[DeviceError], str]
_OK = 200
_UNKNOWN: Meaning = (UnknownCommand, "has no command %(command)s")
_MEANINGS: dict[int, Meaning] = {
    _OK: (Rejected, "refuses %(command)s"),  # a failure hidden in a success
    401: (Unauthorized, "rejects the login at %(command)s"),
    403: (Forbidden, "does not permit %(command)s"),
    404: (ApiOff, "has its API switched off (404 for %(command)s)"),
    405: _UNKNOWN,  # or 422: sources disagree on the status, not on the words
    503: (Booting, "is not up (503 for %(command)s)"),
}
_CLASSES: dict[int, Meaning] = {
    4: (Rejected, "refuses %(command)s (%(status)d)"),
    5: (Faulty, "fails at %(command)s (%(status)d)"),
}
_OTHER: Meaning = (BadAnswer, "answers %(command)s with status %(status)d")
_BODIES = frozenset(str(status) for status in range(300, 600))


def of_answer(device: str, command: str, http: int, body: str, words: str) -> DeviceError:
    """Return the error that an answer means: by HTTP's status, or by its own where that is 200."""
    status = int(body) if http == _OK and body in _BODIES else http
    error, what = _meaning(status, words)
    return error(device, what % {"command": command, "status": status}, words)


def of_nonsense(device: str, command: str, content: bytes, why: str, words: str) -> BadAnswer:
    """Return the error of an answer that is none; `why` is what its reader says."""
    if not content:
        return BadAnswer(device, "answers %s with nothing at all" % command)
    if is_page(content):
        return WebPage(device, "answers %s with a web page" % command, words)
    return BadAnswer(device, "answers %s with what cannot be read (%s)" % (command, why), words)


def _meaning(status: int, words: str) -> Meaning:
    if "unknown command" in words.lower():
        return _UNKNOWN
    return _MEANINGS.get(status) or _CLASSES.get(status // 100, _OTHER)

"""What goes wrong with a LoadMaster, and the status that each cause leads to.

Must not: hold a secret. `words` are the device's own, cleaned and redacted by who read them.
"""

from __future__ import annotations

from holdfast.agent.failure import Failed

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
    """Another caller has the device."""

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


def of_answer(device: str, command: str, status: int, words: str) -> DeviceError:
    """Return the error that an answer means; `status` is HTTP's, or that of the body in a 200."""
    if status == 401:  # noqa: PLR2004 - HTTP's own numbers say most
        return Unauthorized(device, "rejects the login", words)
    if status == 403:  # noqa: PLR2004
        return Forbidden(device, "does not permit %s" % command, words)
    if status == 404:  # noqa: PLR2004
        return ApiOff(device, "has its API switched off (404)", words)
    # Sources disagree on the status of an unknown command, not on the words.
    if status == 405 or "unknown command" in words.lower():  # noqa: PLR2004
        return UnknownCommand(device, "has no command %s" % command, words)
    if status == 503:  # noqa: PLR2004
        return Booting(device, "is not up (503)", words)
    if status >= 500:  # noqa: PLR2004
        return Faulty(device, "fails with %d at %s" % (status, command), words)
    if 400 <= status < 500:  # noqa: PLR2004
        return Rejected(device, "refuses %s (%d)" % (command, status), words)
    return BadAnswer(device, "answers %s with status %d" % (command, status), words)


def meant(http: int, body: str) -> int:
    """Return the status that an answer means: HTTP's, or the body's where HTTP says 200."""
    if http != 200:  # noqa: PLR2004
        return http
    return int(body) if body in _STATUSES else http


_STATUSES = frozenset(str(status) for status in range(300, 600))

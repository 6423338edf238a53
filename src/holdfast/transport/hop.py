"""One login on the way to a node, and what to say when it fails. Must not: connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import paramiko

from holdfast.errors import KeyRefused, RemoteError, Unauthorized, Unreachable
from holdfast.transport.identity import KeyAgent
from holdfast.transport.privatekey import load
from holdfast.transport.words import printable

if TYPE_CHECKING:
    from holdfast.transport.session import Ssh, Timeouts

# All that paramiko raises when something goes wrong on the way: its own errors are SSHExceptions.
FAILURES = (paramiko.SSHException, OSError, EOFError)

# The agent held none, or so many that sshd hung up after MaxAuthTries of them.
_NO_KEY_FITTED = ("No authentication methods", "No existing session")


class TurnedAway(Unreachable):
    """The server hung up before it greeted."""


@dataclass(frozen=True)
class Hop:
    """A login to the node itself, or to a jump host before it."""

    node: str
    place: Ssh
    timeouts: Timeouts
    is_jump: bool = False

    def __str__(self) -> str:
        role = "jump host " if self.is_jump else ""
        return f"{role}{self.place.user}@{self.place.address}:{self.place.port}"


def words(error: Exception) -> str:
    """Return what one of FAILURES says, without the numbers around it."""
    said = str(error)
    if isinstance(error, paramiko.ChannelException):
        said = error.text
    elif isinstance(error, OSError) and error.strerror:
        said = error.strerror
    return printable(said.encode()) or type(error).__name__


def failure(hop: Hop, transport: paramiko.Transport | None, error: Exception) -> RemoteError:
    """Return our error for one of paramiko's, in the words of who must mend it."""
    said = words(error)
    if isinstance(error, paramiko.BadHostKeyException):
        offered, pinned = error.key.fingerprint, error.expected_key.fingerprint
        what = f"{hop} offers the host key {offered}, but pinned is {pinned}"
        return Unauthorized(hop.node, f"{what}: not trusted, nothing was sent")
    if transport is not None and _refused(hop, transport, error, said):
        return KeyRefused(hop.node, f"{hop} refuses {_whose(hop.place)}: {said}")
    if transport is not None and not transport.remote_version:
        sort = TurnedAway if _hung_up(error) else Unreachable
        return sort(hop.node, f"{hop} is no ssh server, or too busy: {said}")
    if transport is None:
        return Unreachable(hop.node, f"no connection to {hop}: {said}")
    return Unreachable(hop.node, f"login to {hop} failed: {said}")


def _hung_up(error: Exception) -> bool:
    """Tell a server that ended the connection from one that is silent or talks of something else.

    Paramiko says the same of all three, and keeps what happened as the error's context.
    """
    gone = (EOFError, ConnectionError)
    return isinstance(error, gone) or isinstance(error.__context__, gone)


def _refused(hop: Hop, transport: paramiko.Transport, error: Exception, said: str) -> bool:
    """Tell a login that was refused from one that was cut off; paramiko has one class for both."""
    if isinstance(hop.place.identity, KeyAgent) and said.startswith(_NO_KEY_FITTED):
        return True
    is_login = isinstance(error, paramiko.AuthenticationException)
    return is_login and transport.is_active() and "timeout" not in said


def _whose(place: Ssh) -> str:
    if isinstance(place.identity, KeyAgent):
        return "the keys of the ssh-agent"
    return f"the key {load(place.identity).fingerprint}"

"""Logs in over ssh: the pinned host key, one private key, and jump hosts if need be.

Nothing of this machine has a say: no ssh_config, no known_hosts, no key that was not asked for.
"""

from __future__ import annotations

import base64
import logging
import socket
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fabric
import paramiko

from holdfast.errors import RemoteError, Unauthorized, Unreachable
from holdfast.transport.identity import KeyAgent
from holdfast.transport.privatekey import load
from holdfast.transport.wire import dial
from holdfast.transport.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.transport.session import Ssh, Timeouts

# All that paramiko raises when something goes wrong on the way: its own errors are SSHExceptions.
FAILURES = (paramiko.SSHException, OSError, EOFError)

# Above MaxStartups sshd hangs up on some newcomers before a word is said; they may come again.
_PAUSES = (0.2, 0.5, 1.0)
_KEEPALIVE = 15

# The agent held none, or so many that sshd hung up after MaxAuthTries of them.
_NO_KEY_FITTED = ("No authentication methods", "No existing session")
_SSH_PORT = 22

# All that it would tell is raised as well, and its tracebacks would come between a person's lines.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)


class _TurnedAway(Unreachable):
    """The server hung up before it greeted."""


@dataclass(frozen=True)
class _Hop:
    """One login on the way to a node: the node's own, or that of a jump host before it."""

    node: str
    place: Ssh
    timeouts: Timeouts
    is_jump: bool = False

    def __str__(self) -> str:
        role = "jump host " if self.is_jump else ""
        return f"{role}{self.place.user}@{self.place.address}:{self.place.port}"


@contextmanager
def login(node: str, place: Ssh, timeouts: Timeouts) -> Iterator[paramiko.Transport]:
    """Yield an authenticated connection, and hang up afterwards."""
    with _logged_in(_Hop(node, place, timeouts)) as connection:
        yield connection.transport


@contextmanager
def _logged_in(hop: _Hop) -> Iterator[fabric.Connection]:
    with ExitStack() as opened:
        gateway = None
        if hop.place.jump is not None:
            first = _Hop(hop.node, hop.place.jump, hop.timeouts, is_jump=True)
            gateway = opened.enter_context(_logged_in(first))
        connection = _open(hop, gateway)
        opened.callback(_hang_up, connection)
        yield connection


def _open(hop: _Hop, gateway: fabric.Connection | None) -> fabric.Connection:
    for pause in _PAUSES:
        try:
            return _attempt(hop, gateway)
        except _TurnedAway:
            time.sleep(pause)
    return _attempt(hop, gateway)


def _attempt(hop: _Hop, gateway: fabric.Connection | None) -> fabric.Connection:
    connection = _connection(hop, gateway)
    if gateway is None:
        connection.connect_kwargs["sock"] = _dial(hop)
    with ExitStack() as unless_open:
        unless_open.callback(_hang_up, connection)
        try:
            connection.open()
        except FAILURES as error:
            raise _failure(hop, connection.client.get_transport(), error) from error
        unless_open.pop_all()
    connection.transport.set_keepalive(_KEEPALIVE)
    return connection


def _dial(hop: _Hop) -> socket.socket:
    try:
        return dial(hop.place.address, hop.place.port, hop.timeouts.connect)
    except OSError as error:
        raise Unreachable(hop.node, f"no connection to {hop}: {error.strerror or error}") from error


def _connection(hop: _Hop, gateway: fabric.Connection | None) -> fabric.Connection:
    """Return a connection, not yet open, that trusts the pinned host key alone."""
    place = hop.place
    connection = fabric.Connection(
        place.address,
        user=place.user,
        port=place.port,
        config=_settings(),
        gateway=gateway,
        connect_kwargs=_credentials(place) | _patience(hop.timeouts),
    )
    try:
        kind, blob = place.host_key.split()[:2]
        pinned = paramiko.PKey.from_type_string(kind, base64.b64decode(blob))
    except (ValueError, paramiko.pkey.UnknownKeyType, *FAILURES):
        what = f"the host key pinned for {hop} is no public key: {place.host_key[:40]!r}"
        raise Unauthorized(hop.node, what) from None
    plain = place.port == _SSH_PORT
    known_as = place.address if plain else f"[{place.address}]:{place.port}"
    connection.client.get_host_keys().add(known_as, pinned.get_name(), pinned)
    connection.client.set_missing_host_key_policy(paramiko.RejectPolicy())
    return connection


def _settings() -> fabric.Config:
    """Return settings from no file; each connection's own, for a connection writes into them."""
    return fabric.Config(overrides={"load_ssh_configs": False}, lazy=True)


def _credentials(place: Ssh) -> dict[str, object]:
    options: dict[str, object] = {"look_for_keys": False, "allow_agent": False}
    if isinstance(place.identity, KeyAgent):
        return options | {"allow_agent": True}
    return options | {"pkey": load(place.identity)}


def _patience(timeouts: Timeouts) -> dict[str, object]:
    names = ("timeout", "banner_timeout", "auth_timeout", "channel_timeout")
    return dict.fromkeys(names, timeouts.connect)


def _failure(hop: _Hop, transport: paramiko.Transport | None, error: Exception) -> RemoteError:
    """Return our error for one of paramiko's, in the words of who must mend it."""
    said = printable(str(error).encode()) or type(error).__name__
    if isinstance(error, paramiko.BadHostKeyException):
        offered, pinned = error.key.fingerprint, error.expected_key.fingerprint
        what = f"{hop} offers the host key {offered}, but pinned is {pinned}"
        return Unauthorized(hop.node, f"{what}: not trusted, nothing was sent")
    if transport is not None and _refused(hop, transport, error, said):
        return Unauthorized(hop.node, f"{hop} refuses {_whose(hop.place)}: {said}")
    if transport is not None and not transport.remote_version:
        return _TurnedAway(hop.node, f"{hop} is no ssh server, or too busy: {said}")
    return Unreachable(hop.node, f"login to {hop} failed: {said}")


def _refused(hop: _Hop, transport: paramiko.Transport, error: Exception, said: str) -> bool:
    """Tell a login that was refused from one that was cut off; paramiko has one class for both."""
    if isinstance(hop.place.identity, KeyAgent) and said.startswith(_NO_KEY_FITTED):
        return True
    is_login = isinstance(error, paramiko.AuthenticationException)
    return is_login and transport.is_active() and "timeout" not in said


def _whose(place: Ssh) -> str:
    if isinstance(place.identity, KeyAgent):
        return "the keys of the ssh-agent"
    return f"the key {load(place.identity).fingerprint}"


def _hang_up(connection: fabric.Connection) -> None:
    """Close at once: paramiko's own way waits a tenth of a second for its reading thread."""
    transport = connection.client.get_transport()
    if transport is None:
        return
    with suppress(OSError):  # the far end may have hung up first
        transport.sock.shutdown(socket.SHUT_RDWR)
    connection.client.close()
    transport.sock.close()
    transport.join()

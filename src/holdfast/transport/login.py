"""Logs in over ssh: the pinned host key, one private key, and jump hosts if need be.

Nothing of this machine has a say: no ssh_config, no known_hosts, no key that was not asked for.
"""

from __future__ import annotations

import base64
import logging
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import fabric
import paramiko

from holdfast.errors import Unauthorized
from holdfast.transport.hop import FAILURES, Hop, TurnedAway, failure
from holdfast.transport.identity import KeyAgent
from holdfast.transport.privatekey import load
from holdfast.transport.wire import Tunnel, Wire, dial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.transport.session import Ssh, Timeouts

# Above MaxStartups sshd hangs up on some newcomers before a word is said; they may come again.
_PAUSES = (0.2, 0.5, 1.0)
_KEEPALIVE = 5  # seconds; something must be sent for its loss to be noticed
_SSH_PORT = 22

# All that it would tell is raised as well, and its tracebacks would come between a person's lines.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)


@contextmanager
def login(node: str, place: Ssh, timeouts: Timeouts) -> Iterator[paramiko.Transport]:
    """Yield an authenticated connection, and hang up afterwards."""
    with _logged_in(Hop(node, place, timeouts)) as connection:
        yield connection.transport


@contextmanager
def _logged_in(hop: Hop) -> Iterator[fabric.Connection]:
    jump = hop.place.jump
    with ExitStack() as opened:
        gateway = None
        if jump is not None:
            first = Hop(hop.node, jump, hop.timeouts, is_jump=True)
            gateway = opened.enter_context(_logged_in(first))
        connection = _open(hop, gateway)
        opened.callback(_hang_up, connection)
        yield connection


def _open(hop: Hop, gateway: fabric.Connection | None) -> fabric.Connection:
    for pause in _PAUSES:
        try:
            return _attempt(hop, gateway)
        except TurnedAway:
            time.sleep(pause)
    return _attempt(hop, gateway)


def _attempt(hop: Hop, gateway: fabric.Connection | None) -> fabric.Connection:
    connection = _connection(hop)
    with ExitStack() as unless_open:
        unless_open.callback(_hang_up, connection)
        try:
            connection.connect_kwargs["sock"] = _line(hop, gateway)
            connection.open()
        except FAILURES as error:
            raise failure(hop, connection.client.get_transport(), error) from error
        unless_open.pop_all()
    connection.transport.set_keepalive(_KEEPALIVE)
    return connection


def _line(hop: Hop, gateway: fabric.Connection | None) -> Wire | Tunnel:
    target = (hop.place.address, hop.place.port)
    if gateway is None:
        return dial(*target, hop.timeouts.connect)
    # fabric's own `gateway` would do the same, but its sort of line fails loudly when it breaks.
    channel = gateway.transport.open_channel("direct-tcpip", target, ("", 0))
    return Tunnel(channel)


def _connection(hop: Hop) -> fabric.Connection:
    """Return a connection, not yet open, that trusts the pinned host key alone."""
    place = hop.place
    connection = fabric.Connection(
        place.address,
        user=place.user,
        port=place.port,
        config=_settings(),
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


def _hang_up(connection: fabric.Connection) -> None:
    """Close at once: paramiko's own way waits a tenth of a second for its reading thread."""
    transport = connection.client.get_transport()
    if transport is not None:
        transport.sock.snap()
        connection.client.close()
        transport.sock.close()
        transport.join()

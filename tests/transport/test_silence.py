"""Ports that take a connection and are no ssh server: how long they may cost, how often tried."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from holdfast.errors import Unreachable
from holdfast.transport.bootstrap import Command
from holdfast.transport.identity import KeyText
from holdfast.transport.session import Endpoint, Ssh, Timeouts, converse
from hosts.keys import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG_ENOUGH = 30.0


@contextmanager
def port(serve: Callable[[socket.socket], object]) -> Iterator[tuple[int, list[socket.socket]]]:
    """Yield a port of this machine whose connections are served so, and those that came."""
    came: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed: the test is over
                return
            came.append(connection)
            serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1], came
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    for connection in came:
        connection.close()


def hail(number: int) -> tuple[str, float]:
    """Return what is said of a port, and after how many seconds."""
    pair = Pair.ed25519()
    place = Ssh("127.0.0.1", pair.public, number, identity=KeyText("env/KEY", pair.private))
    started = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        list(converse(Endpoint("n", place, Timeouts(connect=1)), Command("true"), b""))
    return str(caught.value), time.monotonic() - started


def test_a_silent_port_costs_one_timeout() -> None:
    with port(lambda _: None) as (number, came):
        said, took = hail(number)
    assert "is no ssh server, or too busy" in said
    assert len(came) == 1
    assert took < LONG_ENOUGH


def test_a_port_that_speaks_something_else_is_asked_once() -> None:
    with port(lambda connection: connection.sendall(b"220 smtp ready\r\n" * 200)) as (number, came):
        said, took = hail(number)
    assert "is no ssh server" in said
    assert len(came) == 1
    assert took < LONG_ENOUGH


def test_a_server_that_hangs_up_is_asked_again() -> None:
    with port(lambda connection: connection.close()) as (number, came):
        said, took = hail(number)
    assert "is no ssh server, or too busy" in said
    assert len(came) == 4
    assert took < LONG_ENOUGH

"""HTTP as only a raw server speaks it: ends without an end, early answers, drips, redirects."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from agent.loadmaster.hostile import TARGET
from holdfast.agent.loadmaster import errors, wire
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.agent.loadmaster.login import Login
from holdfast.agent.loadmaster.patience import Limits
from holdfast.agent.loadmaster.target import Target
from holdfast.agent.loadmaster.xmlapi import XmlApi
from holdfast.lab.loadmaster.tls import Identity

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Talk = Callable[[ssl.SSLSocket], object]

IDENTITY = Identity.make("lm", "127.0.0.1")
LIMITS = Limits(10, 10, 10)
API = XmlApi(Login(None, "the key"))
FILE = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"


@contextlib.contextmanager
def serving(talk: Talk, host: str = "127.0.0.1") -> Iterator[Target]:
    """Let a function speak to whoever connects, after the handshake."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:

        def serve() -> None:
            guest, _ = server.accept()
            with contextlib.suppress(OSError), IDENTITY.tls.wrap_socket(guest, True) as line:  # noqa: FBT003
                talk(line)

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        least = Firmware.parse("7.2.62")
        yield Target("lm", host, port, IDENTITY.sha256, None, "api_key", None, least, False)  # noqa: FBT003
        thread.join(10)


def said(answer: bytes, ending: str = "") -> Talk:
    """Return what reads a request and answers; `unwrap` says properly that this was all."""

    def talk(line: ssl.SSLSocket) -> None:
        line.recv(65536)
        line.sendall(answer)
        if ending:
            getattr(line, ending)()

    return talk


def download(target: Target, limits: Limits = LIMITS) -> bytes:
    with wire.exchange(target, API.ask("backup", {}), limits) as reply:
        return b"".join(API.file(reply))


def test_without_a_length_only_a_proper_end_is_one() -> None:
    with serving(said(FILE + b"\r\nall of it", "unwrap")) as target:
        assert download(target) == b"all of it"
    with serving(said(FILE + b"\r\nhalf of i")) as target, pytest.raises(errors.Dropped):
        download(target)


@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
    ids=["length", "chunks"],
)
def test_less_than_announced_is_never_all(body: bytes) -> None:
    for ending in ("", "unwrap"):
        with serving(said(FILE + body, ending)) as target, pytest.raises(errors.Dropped):
            download(target)


def test_an_answer_before_the_upload_has_ended_is_heard() -> None:
    refusal = b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n"
    block = bytes(1 << 16)

    def talk(line: ssl.SSLSocket) -> None:
        line.recv(1000)
        line.sendall(refusal)
        time.sleep(0.2)  # the client is still sending
        for _ in range(800):
            if not line.recv(1 << 16):
                break

    with serving(talk) as target:
        order = API.send("restore", {}, (block for _ in range(64)), 64 << 16)
        with wire.exchange(target, order, LIMITS) as reply, pytest.raises(errors.Unauthorized):
            API.values(reply)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", FILE + b"\r\n"])
def test_a_drip_of_bytes_does_not_keep_us(start: bytes) -> None:
    over = threading.Event()

    def talk(line: ssl.SSLSocket) -> None:
        line.recv(65536)
        line.sendall(start)
        while not over.wait(0.05):
            line.sendall(b"x")

    started = time.monotonic()
    with serving(talk) as target:
        with pytest.raises(errors.TimedOut, match=r"not done within 0\.5 s"):
            download(target, LIMITS._replace(total=0.5))
        over.set()
    assert time.monotonic() - started < 25


def test_no_redirect_is_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(said(answer)) as target, pytest.raises(errors.BadAnswer, match="status 302"):
        download(target)


def test_what_goes_out_is_one_plain_request() -> None:
    heard: list[bytes] = []

    def talk(line: ssl.SSLSocket) -> None:
        heard.append(line.recv(65536))
        line.sendall(FILE + b"Content-Length: 1\r\n\r\nx")

    with serving(talk) as target:
        download(target)
    lines = heard[0].decode().split("\r\n")
    assert lines[0] == "GET /access/backup?apikey=the+key HTTP/1.1"
    assert "Connection: close" in lines
    assert f"Host: {target.address}" in lines
    assert not [line for line in lines if "cookie" in line.lower()]


def test_a_device_may_have_an_address_of_ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("no IPv6 here")
    with serving(said(FILE + b"Content-Length: 1\r\n\r\nx"), "::1") as target:
        assert target.address.startswith("[::1]:")
        assert download(target) == b"x"


@pytest.mark.parametrize(
    ("host", "port", "authority"),
    [
        ("lm.example.net", 443, "lm.example.net"),
        ("10.0.0.5", 8443, "10.0.0.5:8443"),
        ("2001:db8::1", 443, "[2001:db8::1]"),
        ("2001:db8::443", 1443, "[2001:db8::443]:1443"),
    ],
)
def test_a_request_names_the_device_as_browsers_do(host: str, port: int, authority: str) -> None:
    assert TARGET._replace(host=host, port=port).authority == authority


def test_a_consumer_that_stops_leaves_nothing_open() -> None:
    ended: list[Any] = []

    def talk(line: ssl.SSLSocket) -> None:
        line.recv(65536)
        line.sendall(FILE + b"Content-Length: 99999999\r\n\r\n" + bytes(wire.BLOCK))
        ended.append(line.recv(1))

    with serving(talk) as target, wire.exchange(target, API.ask("backup", {}), LIMITS) as reply:
        assert next(API.file(reply))
    assert ended in ([b""], [])

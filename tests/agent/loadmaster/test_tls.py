"""A device proves itself before a byte is sent to it; how it fails to is told by cause."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from agent.loadmaster.connector import QUICK, Connector
from holdfast.agent.loadmaster import target, tls
from holdfast.agent.loadmaster.errors import Dropped, TimedOut, Unreachable, Untrusted
from holdfast.lab.loadmaster.tls import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from holdfast.agent.loadmaster.errors import DeviceError
    from holdfast.agent.loadmaster.patience import Patience
    from holdfast.lab.loadmaster.estate import Estate, Site


def refused(
    connector: Connector, site: Site, patience: Patience = QUICK, **changes: Any
) -> DeviceError:
    """Return why a device is not talked to; nothing of ours must have reached its API."""
    connector.know(site, **changes)
    with (
        pytest.raises((Untrusted, Unreachable, Dropped, TimedOut)) as caught,
        connector.session("lm-1", patience) as device,
    ):
        device.find_firmware()
    assert site.device.calls.listed() == []
    return caught.value


def ca(pem: str) -> dict[str, Any]:
    return {"tls": {"ca": pem}}


def dates(pem: str) -> tuple[str, str]:
    found = x509.load_pem_x509_certificate(pem.encode())
    start, end = found.not_valid_before_utc, found.not_valid_after_utc
    return f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}"


def test_a_changed_certificate_is_named_with_both_fingerprints_and_its_dates(
    connector: Connector, site: Site
) -> None:
    pinned = site.device.identity.sha256
    connector.know(site)
    with connector.session("lm-1") as device:
        assert device.find_firmware()
    site.device.calls.clear()
    site.device.change_certificate(days=40)
    error = refused(connector, site, tls={"sha256": pinned})
    text = str(error)
    assert isinstance(error, Untrusted)
    for word in (pinned, site.device.identity.sha256, *dates(site.device.identity.pem)):
        assert word in text


def test_a_pin_outranks_dates_and_names(connector: Connector, site: Site) -> None:
    site.device.change_certificate(days=-1)
    with connector.session(connector.know(site, host="localhost")) as device:
        assert device.find_firmware()
        assert device.served is not None
        assert device.served.dates.endswith(dates(site.device.identity.pem)[1])


def test_a_ca_proves_a_device(connector: Connector, site: Site) -> None:
    connector.know(site, **ca(site.device.identity.pem))
    for earlier in (None, site.device.identity.sha256):
        with connector.session("lm-1") as device:
            assert device.find_firmware()
            assert device.earlier == earlier


def test_a_certificate_that_its_ca_does_not_vouch_for_is_named(
    connector: Connector, site: Site
) -> None:
    other = Identity.make("lm-1", "127.0.0.1").pem
    own = site.device.identity.pem
    for changes, words in (
        (ca(other), "self-signed certificate"),
        ({**ca(own), "host": "localhost"}, "mismatch"),
    ):
        error = refused(connector, site, **changes)
        assert isinstance(error, Untrusted)
        assert words in str(error)
        assert site.device.identity.sha256 in str(error)
    site.device.change_certificate(days=-1)
    error = refused(connector, site, **ca(site.device.identity.pem))
    assert "expired" in str(error)
    assert dates(site.device.identity.pem)[1] in str(error)


def test_a_ca_that_is_none_is_told(connector: Connector, site: Site) -> None:
    assert "CA certificate cannot be used" in str(refused(connector, site, **ca("nonsense")))


def test_nobody_listening_is_refused_and_no_name_is_not_found(
    connector: Connector, site: Site
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "nobody listens" in str(refused(connector, site, port=port))
    error = refused(connector, site, host="lm.invalid")
    assert isinstance(error, Unreachable)
    assert "does not resolve" in str(error)
    assert isinstance(refused(connector, site, host="a..b"), Unreachable)


def test_what_speaks_no_tls_is_told(connector: Connector, estate: Estate, site: Site) -> None:
    port = urlsplit(estate.control_url).port
    error = refused(connector, site, port=port)
    assert isinstance(error, Unreachable)
    assert "no TLS with 127.0.0.1" in str(error)


@pytest.fixture
def listening() -> Iterator[Callable[[Callable[[socket.socket], object]], int]]:
    """Let a function have the next connection to a port, and return the port."""
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def listen(talk: Callable[[socket.socket], object]) -> int:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            guest, _ = server.accept()
            with guest:
                talk(guest)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        servers.append(server)
        return int(server.getsockname()[1])

    yield listen
    for thread in threads:
        thread.join(10)
    for server in servers:
        server.close()


def test_silence_in_the_handshake_is_a_timeout_and_an_end_is_a_drop(
    connector: Connector, site: Site, listening: Callable[..., int]
) -> None:
    done = threading.Event()
    silent = listening(lambda _: done.wait(10))
    late = refused(connector, site, QUICK._replace(connect=0.5), port=silent)
    assert isinstance(late, TimedOut)
    assert "the TLS handshake" in str(late)
    assert "not done within 0.5 s" in str(late)
    done.set()
    for talk in (lambda guest: guest.recv(4096), lambda guest: guest.close()):
        assert isinstance(refused(connector, site, port=listening(talk)), Dropped)


def test_the_rate_limit_is_a_drop_and_is_said_to_be_one(connector: Connector, site: Site) -> None:
    site.device.limit.calls, site.device.limit.seconds = 0, 60
    error = refused(connector, site)
    assert isinstance(error, Dropped)
    assert "30 calls" in str(error)


def test_a_certificate_is_seen_without_a_call(connector: Connector, site: Site) -> None:
    found = tls.look(
        target.load(connector.layout, connector.know(site, tls={"sha256": "00" * 32})), 5
    )
    assert found.sha256 == site.device.identity.sha256
    assert site.device.calls.listed() == []

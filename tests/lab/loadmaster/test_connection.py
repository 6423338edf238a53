from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from holdfast.lab.loadmaster.ratelimit import RateLimit
from lab.loadmaster.raw import talk

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Estate
    from lab.loadmaster.raw import Raw

# Which of the two a handshake ends in depends on the version of OpenSSL.
DROPPED = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
VERSION = "/access/get?param=version"


def served(port: int) -> bytes:
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))


def test_it_serves_the_announced_self_signed_certificate(estate: Estate) -> None:
    der = served(estate.sites[0].port)
    certificate = x509.load_der_x509_certificate(der)
    assert certificate.issuer == certificate.subject
    assert hashlib.sha256(der).hexdigest() == estate.announcement()["sha256"]


def test_tls_1_2_is_accepted_and_1_1_is_not(raw: Raw, device: Device) -> None:
    context = ssl.create_default_context(cadata=device.identity.pem)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    connection = http.client.HTTPSConnection("127.0.0.1", raw.site.port, context=context)
    assert talk(connection, "GET", VERSION, headers=raw.basic()).status == 200
    connection.close()
    assert device.identity.tls.minimum_version is ssl.TLSVersion.TLSv1_2


def test_several_requests_share_a_connection(raw: Raw) -> None:
    connection = raw.connect()
    for _ in range(3):
        assert talk(connection, "GET", VERSION, headers=raw.basic()).status == 200
    connection.close()


def test_a_changed_certificate_is_served_to_the_next_connection(raw: Raw, device: Device) -> None:
    before = device.identity.sha256
    device.change_certificate(days=-3)
    der = served(raw.site.port)
    assert hashlib.sha256(der).hexdigest() == device.identity.sha256 != before
    end = x509.load_der_x509_certificate(der).not_valid_after_utc
    assert end.timestamp() < device.clock()


def test_the_31st_call_in_three_seconds_is_dropped_whatever_the_interface(
    raw: Raw, device: Device
) -> None:
    assert (device.limit.calls, device.limit.seconds) == (30, 3.0)
    device.limit.seconds = 60.0  # for a crowded machine
    first, second = raw.connect(), raw.connect()
    body = b'{"cmd":"get","param":"version","apikey":"%s"}' % raw.api_key.encode()
    for _ in range(15):
        assert talk(first, "GET", VERSION, headers=raw.basic()).status == 200
        assert talk(second, "POST", "/accessv2", body).status == 200
    with pytest.raises(http.client.RemoteDisconnected):
        talk(first, "GET", VERSION, headers=raw.basic())
    first.close()
    second.close()
    # A new connection does not get as far as TLS: this is what the SDK takes for the limit.
    with pytest.raises(DROPPED):
        raw.get("get", param="version")
    assert len(device.calls.listed()) == 30


def test_a_dropped_caller_is_let_in_again_after_the_window(raw: Raw, device: Device) -> None:
    device.limit.calls, device.limit.seconds = 1, 0.2
    assert raw.get("get", param="version").status == 200
    with pytest.raises(DROPPED):
        raw.get("get", param="version")
    device.limit.seconds = 0.0
    assert raw.get("get", param="version").status == 200


def test_the_rate_limit_can_be_switched_off(raw: Raw, device: Device) -> None:
    device.switches.rate_limit = False
    connection = raw.connect()
    for _ in range(40):
        assert talk(connection, "GET", VERSION, headers=raw.basic()).status == 200
    connection.close()


def test_the_window_slides_and_dropped_calls_do_not_count() -> None:
    limit = RateLimit(calls=2, seconds=3.0)
    assert [limit.enter(now) for now in (0.0, 1.0, 2.0, 2.9)] == [True, True, False, False]
    assert limit.full(2.99)
    assert not limit.full(3.0)
    assert [limit.enter(now) for now in (3.0, 3.5, 4.0)] == [True, False, True]


def test_a_body_that_never_comes_whole_is_not_taken_for_a_request(raw: Raw, device: Device) -> None:
    context = ssl.create_default_context(cadata=device.identity.pem)
    with (
        socket.create_connection(("127.0.0.1", raw.site.port), 10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
    ):
        tls.sendall(b"POST /accessv2 HTTP/1.1\r\nContent-Length: 100\r\n\r\n{}")
        tls.shutdown(socket.SHUT_WR)
    assert device.calls.listed() == []

"""A TLS connection to a device that has proved itself; never to one that has not.

`http.client` and `ssl` do, without a library: a connection a call, no redirects, no pool. The pin
is compared here before a byte is sent, for only so can both fingerprints and the dates be named.
"""

from __future__ import annotations

import contextlib
import hmac
import socket
import ssl
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.loadmaster import served
from holdfast.agent.loadmaster.errors import DeviceError, Dropped, TimedOut, Unreachable, Untrusted

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.served import Served
    from holdfast.agent.loadmaster.target import Target

# One name since Python 3.10; before, neither is the other.
TIMEOUTS = (socket.timeout, TimeoutError)
_LOST = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError, BrokenPipeError)
# SSL_OP_IGNORE_UNEXPECTED_EOF of OpenSSL 3, which some Pythons set (3.11.2 of Debian 12) and which
# has no name in 3.9.
_IGNORE_CUTS = 1 << 7
_CUT = ("EOF occurred in violation of protocol", "UNEXPECTED_EOF")
_LOOK = 10.0  # seconds, to see which certificate was not good


@contextlib.contextmanager
def connected(target: Target, patience: float) -> Iterator[tuple[ssl.SSLSocket, Served]]:
    """Give a connection to the device and the certificate by which it proved itself."""
    with _plain(target, patience) as plain:
        line, found = _proven(target, plain)
        with line:
            yield line, found


def look(target: Target, patience: float) -> Served:
    """Return the certificate that a device serves, trusted or not; nothing is sent to it."""
    with _plain(target, patience) as plain, _shaken(target, plain, _unverified()) as line:
        return served.of(line.getpeercert(binary_form=True) or b"")


def explained(target: Target, error: OSError, doing: str) -> DeviceError:
    """Return what a failing connection means; `doing` says what was going on."""
    if isinstance(error, _LOST) or any(words in str(error) for words in _CUT):
        return Dropped(target.name, "%s ended the connection during %s" % (target.address, doing))
    words = error.strerror or str(error)
    return Unreachable(target.name, "%s at %s: %s" % (doing, target.address, words))


def _plain(target: Target, patience: float) -> socket.socket:
    try:
        return socket.create_connection((target.host, target.port), timeout=patience)
    except socket.gaierror as error:
        what = "its address %s does not resolve: %s" % (target.host, error.strerror)
        raise Unreachable(target.name, what) from None
    except UnicodeError:
        raise Unreachable(target.name, "its address %s is no name" % target.host) from None
    except TIMEOUTS:
        raise _late(target, "connecting", patience) from None
    except ConnectionRefusedError:
        what = "refused: nobody listens at %s" % target.address
        raise Unreachable(target.name, what) from None
    except OSError as error:
        raise explained(target, error, "connecting") from None


def _proven(target: Target, plain: socket.socket) -> tuple[ssl.SSLSocket, Served]:
    context = _unverified() if target.ca is None else _verifying(target)
    line = _shaken(target, plain, context)
    found = served.of(line.getpeercert(binary_form=True) or b"")
    if target.sha256 is not None and not hmac.compare_digest(found.sha256, target.sha256):
        line.close()
        what = "serves another certificate: %s, %s; pinned is %s" % (
            found.sha256,
            found.dates,
            target.sha256,
        )
        raise Untrusted(target.name, what)
    return line, found


def _shaken(target: Target, plain: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Return the connection after its handshake."""
    try:
        # A ragged end is an error: without it half an answer could pass for a whole one.
        return context.wrap_socket(plain, server_hostname=target.host, suppress_ragged_eofs=False)
    except TIMEOUTS:
        raise _late(target, "the TLS handshake", plain.gettimeout() or 0) from None
    except ssl.SSLCertVerificationError as error:
        what = "its certificate is not good: %s (%s)" % (error.verify_message, _facts(target))
        raise Untrusted(target.name, what) from None
    except ssl.SSLError as error:
        found = explained(target, error, "the TLS handshake")
        if isinstance(found, Dropped):
            raise found from None
        what = "no TLS with %s: %s" % (target.address, error.reason or error.strerror)
        raise Unreachable(target.name, what) from None
    except OSError as error:
        raise explained(target, error, "the TLS handshake") from None


def _late(target: Target, doing: str, patience: float) -> TimedOut:
    what = "%s with %s took too long: not done within %g s" % (doing, target.address, patience)
    return TimedOut(target.name, what)


def _facts(target: Target) -> str:
    """Return what an untrusted certificate is, in words."""
    try:
        found = look(target, _LOOK)
    except DeviceError:
        return "which one it was could not be seen"
    return "it is %s, %s" % (found.sha256, found.dates)


def _unverified() -> ssl.SSLContext:
    """Return settings that take any certificate: the caller compares it, or sends nothing."""
    context = _settings()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _verifying(target: Target) -> ssl.SSLContext:
    context = _settings()
    try:
        context.load_verify_locations(cadata=target.ca)
    except (ssl.SSLError, ValueError) as error:
        raise Untrusted(target.name, "its CA certificate cannot be used: %s" % error) from None
    return context


def _settings() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options &= ~_IGNORE_CUTS  # half an answer must not pass for a whole one
    return context

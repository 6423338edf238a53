"""The self-signed certificate that a device serves, and the TLS settings around it."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import tempfile
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from typing import Self

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Identity:
    """A key, its certificate, and a TLS server that proves itself by them."""

    pem: str
    sha256: str
    tls: ssl.SSLContext = field(repr=False)

    @classmethod
    def make(cls, name: str, address: str, days: int = 365) -> Self:
        """Return a new identity; negative days make an expired one."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = issue(key, name, days, address)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
        return cls(pem.decode(), digest, _server(pem + private_pem(key)))


def issue(key: Key, name: str, days: int, address: str | None = None) -> x509.Certificate:
    """Return a self-signed certificate that ends in so many days."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(days=days)
    alternatives: list[x509.GeneralName] = [x509.DNSName(name)]
    if address:
        alternatives.append(x509.IPAddress(ip_address(address)))
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - dt.timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )


def private_pem(key: Key) -> bytes:
    """Return a private key as unencrypted PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _server(chain: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # the vendor's SDK asks for it by name
    # The ssl module reads keys only from files; this one is 0600 and lives for a moment.
    with tempfile.NamedTemporaryFile() as file:
        file.write(chain)
        file.flush()
        context.load_cert_chain(file.name)
    return context

"""The dates of a certificate as our own reader finds them, against a library's."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.loadmaster import served

KEYS = [
    ec.generate_private_key(ec.SECP256R1()),
    rsa.generate_private_key(public_exponent=65537, key_size=2048),
]
# UTCTime until 2049, GeneralizedTime from 2050.
MOMENTS = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(9999, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=dt.UTC)
)


def certificate(start: dt.datetime, end: dt.datetime, name: str, key: int) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    builder = builder.public_key(KEYS[key].public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(end)
    return builder.sign(KEYS[key], hashes.SHA256()).public_bytes(Encoding.DER)


@given(
    st.tuples(MOMENTS, MOMENTS).map(sorted),
    st.text("abcé", min_size=1, max_size=60),
    st.integers(0, 1),
)
def test_the_dates_are_those_of_a_library(both: list[dt.datetime], name: str, key: int) -> None:
    start, end = both
    der = certificate(start, end, name, key)
    found = served.of(der)
    assert (found.not_before, found.not_after) == (start, end)
    assert found.sha256 == hashlib.sha256(der).hexdigest()


DER = certificate(
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "x", 0
)


@given(st.binary(max_size=300) | st.integers(0, len(DER)).map(lambda end: DER[:end]))
def test_whatever_comes_has_a_fingerprint(der: bytes) -> None:
    assert len(served.of(der).sha256) == 64


@given(st.lists(st.tuples(st.integers(0, len(DER) - 1), st.integers(0, 255)), max_size=4))
def test_a_spoilt_one_is_at_worst_unreadable(edits: list[tuple[int, int]]) -> None:
    der = bytearray(DER)
    for place, byte in edits:
        der[place] = byte
    found = served.of(bytes(der))
    assert "good from" in found.dates or found.dates == "dates unreadable"


@pytest.mark.parametrize("der", [b"", DER[:-1], b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 50])
def test_what_is_cut_off_has_no_dates(der: bytes) -> None:
    assert served.of(der).not_after is None

"""The certificate that a device really serves: its fingerprint and its dates, read from DER.

Only the validity is looked for, on the way of X.509's fixed order, so no library is needed and a
hostile certificate can at worst be called unreadable.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import NamedTuple

from holdfast.agent import timestamp

_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
_LONG, _LONGEST = 0x80, 4
_CENTURY_TURNS = 50  # RFC 5280: years from 50 are of the last century


class Served(NamedTuple):
    """A certificate; the dates are None where they cannot be read."""

    sha256: str
    not_before: datetime | None
    not_after: datetime | None

    @property
    def dates(self) -> str:
        """From when to when it is good, in words."""
        if self.not_before is None or self.not_after is None:
            return "dates unreadable"
        start, end = timestamp.to_text(self.not_before), timestamp.to_text(self.not_after)
        return "good from %s to %s" % (start, end)


def of(der: bytes) -> Served:
    """Return what there is to say of a certificate."""
    sha256 = hashlib.sha256(der).hexdigest()
    try:
        return Served(sha256, *_validity(der))
    except ValueError:
        return Served(sha256, None, None)


def _validity(der: bytes) -> tuple[datetime, datetime]:
    certificate, _ = _take(der, _SEQUENCE)
    rest, _ = _take(certificate, _SEQUENCE)
    if rest[:1] == bytes([_VERSION]):
        rest = _skip(rest)
    for _ in ("serial number", "signature algorithm", "issuer"):
        rest = _skip(rest)
    validity, _ = _take(rest, _SEQUENCE)
    start, after = _time(validity)
    return start, _time(after)[0]


def _take(der: bytes, *tags: int) -> tuple[bytes, bytes]:
    """Return the content of the first element, which has one of the tags, and what follows it."""
    if len(der) < 2 or (tags and der[0] not in tags):  # noqa: PLR2004 - a tag and a length
        raise ValueError("another element was expected")
    length, begin = der[1], 2
    if length & _LONG:
        count = length & ~_LONG
        if not 0 < count <= _LONGEST:
            raise ValueError("no length of a certificate")
        length, begin = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
    if begin + length > len(der):
        raise ValueError("cut off")
    return der[begin : begin + length], der[begin + length :]


def _skip(der: bytes) -> bytes:
    return _take(der)[1]


def _time(der: bytes) -> tuple[datetime, bytes]:
    content, rest = _take(der, _UTC_TIME, _GENERALIZED_TIME)
    text = content.decode("ascii")
    if der[0] == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _CENTURY_TURNS else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc), rest

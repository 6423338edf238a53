"""Reading what is pulled: passed on to the byte, and proven or refused."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.archive.tars import EXPANDING, cut, members, packed, tar
from holdfast.agent.archive.compared import Digests
from holdfast.agent.archive.reading import Limits, Reading
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = b"k" * 32


@given(members, st.integers(1, 500))
def test_it_passes_as_it_is_and_is_known_afterwards(
    found: list[tuple[str, bytes]], size: int
) -> None:
    content = tar(found)
    pulled = packed(content)
    reading = Reading(EXPANDING)
    digests = Digests(KEY)
    assert b"".join(reading.passing(cut(pulled, size), digests)) == pulled
    assert reading.members == len(found) + 2
    assert reading.content.sha256() == hashlib.sha256(content).digest()
    assert reading.pulled.sha256() == hashlib.sha256(pulled).digest()
    assert set(reading.volatile) == {n for n, _ in found if n.startswith("info/")}


@given(st.data())
def test_cut_short_it_is_refused(data: st.DataObject) -> None:
    pulled = packed(tar([("vs/1", b"content" * 50)]))
    place = data.draw(st.integers(10, len(pulled) - 1))
    with pytest.raises(Failed):
        list(Reading(EXPANDING).passing([pulled[:place]], Digests(KEY)))


@given(st.data())
def test_altered_it_is_refused_unless_it_says_the_same(data: st.DataObject) -> None:
    content = tar([("vs/1", b"content" * 50)])
    flipped = bytearray(packed(content))
    place = data.draw(st.integers(10, len(flipped) - 1))  # gzip's own header proves nothing
    flipped[place] ^= data.draw(st.integers(1, 255))
    reading = Reading(EXPANDING)
    try:
        list(reading.passing([bytes(flipped)], Digests(KEY)))
    except Failed:
        return
    # A few bits of RFC 1951 mean nothing, such as the padding in front of a stored block.
    assert reading.content.sha256() == hashlib.sha256(content).digest()


def test_a_flip_in_its_checksum_or_its_length_is_refused() -> None:
    pulled = packed(tar([("vs/1", b"content" * 50)]))
    for place in range(len(pulled) - 8, len(pulled)):  # RFC 1952, 2.3
        flipped = bytearray(pulled)
        flipped[place] ^= 1
        with pytest.raises(Failed):
            list(Reading(EXPANDING).passing([bytes(flipped)], Digests(KEY)))


@pytest.mark.parametrize(
    ("pulled", "said"),
    [
        (b"", "it is empty"),
        (b"<html>Login</html>", "it is not gzip'ed"),
        (b'<?xml version="1.0"?><Response stat="422"/>', "it is not gzip'ed"),
        (packed(b""), "cut short"),
        (packed(b"\0" * 1024), "holds no configuration"),
        (packed(b"text" * 300), "damaged"),
    ],
    ids=["empty", "html", "xml", "no-tar", "no-members", "text"],
)
def test_what_is_no_backup_is_refused(pulled: bytes, said: str) -> None:
    for size in (1, 1000):
        with pytest.raises(Failed, match=said):
            list(Reading(EXPANDING).passing(cut(pulled, size), Digests(KEY)))


def test_more_than_a_hundred_megabytes_are_refused_as_they_come() -> None:
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        yield packed(b"")[:10]
        while True:
            asked += 1
            yield b"\0" * 1_000_000

    reading = Reading(lambda blocks: (b"" for _ in blocks))
    with pytest.raises(Failed, match="more than 100000000 bytes"):
        list(reading.passing(endless(), Digests(KEY)))
    assert asked == 100


def test_what_expands_to_too_much_is_refused_as_it_comes() -> None:
    pulled = packed(tar([("vs/1", b"\0" * 5_000_000)]))
    assert len(pulled) < 10_000
    reading = Reading(EXPANDING, Limits(expanded=4_000_000))
    with pytest.raises(Failed, match="expands to more than 4000000 bytes"):
        list(reading.passing([pulled], Digests(KEY)))

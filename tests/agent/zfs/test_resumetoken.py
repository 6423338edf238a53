"""Tokens of receives that broke off: as OpenZFS 2.1 gave them, and anything else refused."""

from __future__ import annotations

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.failure import Malformed
from holdfast.agent.zfs import resumetoken

FULL = (
    "1-d17decfa9-f0-789c636064000310a500c4ec50360710e72765a52697303030419460caa7a515a7968064a6c1e5"
    "d990e4932a4b528b81744ece0cacfa4bf2d34b335318188ed62cafdbed7168ab06923c27583e2f3137958121513f"
    "352fd9213f2f15c91ddc0c087727e7e71614a51617e76743c424a0ee80c9172596c3a418006c2a1e15"
)
INCREMENT = (
    "1-12edd801d5-118-789c636064000310a501c49c50360710a715e5e7a69766a63040c1d19ae575bb3d0e6d5500b2"
    "d991d4e52765a5269730303043d561c8a7a515a7968064ace0f26c48f2499525a9c540fa8a890d56fd25f91057a8"
    "9aee56378cd24bd44092e704cbe725e6a6323024eaa7e6253b9494e723b9839b01e1bfe4fcdc82a2d4e2e2fc6c88"
    "9804d41d30f9a2c4729814030004032393"
)
PLAIN = (
    "1-9e0fcfccc-c0-"
    "789c636064000310a500c4ec50360710e72765a52697303030419460caa7a515a796806444e0f26c48f2499525"
    "a9c5403a435c0cabfe92fcf4d2cc14068666db42d9e01ce5bd0648f29c60f9bcc4dc540686648794c4cc9c4a5d"
    "23032333434323f37803230320009b090066f816c9"
)


def test_the_snapshot_is_told_by_its_guid_and_its_name() -> None:
    told = resumetoken.parse(FULL)
    assert told == resumetoken.Token(FULL, "13097110636467813573", "a/enc", "one", raw=True)
    told = resumetoken.parse(INCREMENT)
    assert (told.dataset, told.snapshot, told.raw) == ("a/enc", "two", True)
    told = resumetoken.parse(PLAIN)
    assert (told.dataset, told.snapshot, told.raw) == ("c", "daily-20261127_020000", False)


@pytest.mark.parametrize(
    "text", ["", "-", "1-2-3", "2" + FULL[1:], FULL[:-2], FULL.replace("-f0-", "-f1-"), "1-0-0-"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="is no token of zfs receive as"):
        resumetoken.parse(text)


def test_a_token_that_swells_is_refused() -> None:
    packed = zlib.compress(bytes(1 << 24)).hex()
    with pytest.raises(Malformed):
        resumetoken.parse(f"1-0-{1 << 24:x}-{packed}")


def test_a_token_that_says_a_thing_twice_is_refused() -> None:
    head, _, size, packed = FULL.split("-")
    content = zlib.decompress(bytes.fromhex(packed))
    body = content[12:-8]  # between the list's header and its end
    twice = content[:12] + body + body + content[-8:]
    with pytest.raises(Malformed):
        resumetoken.parse(f"{head}-0-{len(twice):x}-{zlib.compress(twice).hex()}")
    once = zlib.compress(content[:12] + body + content[-8:]).hex()
    assert resumetoken.parse(f"{head}-0-{size}-{once}").dataset == "a/enc"


@given(st.data())
def test_whatever_stands_in_it_is_told_or_refused(data: st.DataObject) -> None:
    content = bytearray(zlib.decompress(bytes.fromhex(FULL.rpartition("-")[2])))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    text = f"1-0-{len(content):x}-{zlib.compress(bytes(content)).hex()}"
    try:
        told = resumetoken.parse(text)
    except Malformed:
        return
    assert re.fullmatch("[0-9]+", told.guid)

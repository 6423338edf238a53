"""Incrementals: any two tars make one that rebuilds to the byte, and nothing else does."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.archive.tars import cut, formats, members, tar
from holdfast.agent.archive import compared
from holdfast.agent.archive.compared import Digests
from holdfast.agent.archive.incremental import Encoder, rebuild
from holdfast.agent.archive.pieces import DATA, pieces
from holdfast.agent.archive.volatile import is_volatile
from holdfast.agent.failure import Failed, Malformed

KEY = b"k" * compared.KEY


def digests(base: bytes) -> Digests:
    """Return what a base's manifest holds, read back with its key."""
    found = Digests(KEY)
    for piece in pieces([base]):
        if piece.kind == DATA:
            if is_volatile(piece.member):
                found.skip()
            else:
                found.add(piece.data)
    return Digests.from_text(KEY, found.to_text())


def encoded(base: bytes, new: bytes) -> tuple[bytes, Encoder]:
    encoder = Encoder(digests(base), hashlib.sha256(base).digest())
    return b"".join(encoder.over(pieces([new]))), encoder


@given(members, members, formats, st.integers(1, 3000))
def test_any_pair_rebuilds_to_the_byte(
    old: list[tuple[str, bytes]], new: list[tuple[str, bytes]], form: int, size: int
) -> None:
    base, wanted = tar(old, form), tar(new, form, mtime=1_800_000_000)
    incremental, encoder = encoded(base, wanted)
    assert b"".join(rebuild(cut(base, size), cut(incremental, size))) == wanted
    assert encoder.content.size == len(wanted)


@given(members, st.lists(st.integers(0, 7)))
def test_what_is_the_same_is_not_kept_again(
    found: list[tuple[str, bytes]], removed: list[int]
) -> None:
    """In whichever order members go; and a change is told exactly where there is one."""
    base = tar(found)
    rest = [member for place, member in enumerate(found) if place not in removed]
    lost = [found[place] for place in set(removed) if place < len(found)]
    incremental, encoder = encoded(base, tar(rest))
    gone = [content for name, content in lost if content and not is_volatile(name)]
    assert encoder.changed == bool(gone)
    if not any(is_volatile(name) for name, _ in rest):
        assert b"y" * 600 not in incremental  # the longest content of those that are tried


def test_two_pulls_of_an_unchanged_device_differ_in_what_is_volatile_alone() -> None:
    steady = [("base/users", b"alice" * 500), ("vs/1", b"secret" * 300)]
    first = tar([*steady, ("info/date", b"Mon"), ("info/netstat", b"1" * 900)])
    again = tar([*steady, ("info/date", b"Tue"), ("info/netstat", b"2" * 900)], mtime=1_800_000_000)
    incremental, encoder = encoded(first, again)
    assert not encoder.changed
    assert b"alice" not in incremental
    assert b"2" * 900 in incremental
    changed, encoder = encoded(first, tar([*steady[:1], ("vs/1", b"other")]))
    assert encoder.changed
    assert b"other" in changed


def test_a_member_that_is_empty_now_is_a_change() -> None:
    _, encoder = encoded(tar([("vs/1", b"x")]), tar([("vs/1", b"")]))
    assert encoder.changed


@given(st.data())
def test_truncated_or_altered_it_never_rebuilds(data: st.DataObject) -> None:
    base = tar([("vs/1", b"one" * 200), ("vs/2", b"two" * 200)])
    incremental, _ = encoded(base, tar([("vs/1", b"one" * 200), ("vs/2", b"new" * 200)]))
    place = data.draw(st.integers(0, len(incremental) - 1))
    flipped = bytearray(incremental)
    flipped[place] ^= data.draw(st.integers(1, 255))
    for wrong in (incremental[:place], bytes(flipped), incremental + b"x"):
        with pytest.raises(Failed):
            list(rebuild([base], [wrong]))


@given(st.data())
def test_on_an_altered_or_another_base_it_never_rebuilds(data: st.DataObject) -> None:
    base = tar([("vs/1", b"one" * 200), ("vs/2", b"two" * 200)])
    incremental, _ = encoded(base, tar([("vs/1", b"one" * 200)]))
    flipped = bytearray(base)
    flipped[data.draw(st.integers(0, len(base) - 1))] ^= data.draw(st.integers(1, 255))
    for wrong in (bytes(flipped), base + b"\0" * 512, tar([("vs/1", b"one" * 200)]), b""):
        with pytest.raises(Failed):
            list(rebuild([wrong], [incremental]))


@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_rebuild(content: bytes) -> None:
    with pytest.raises(Failed):
        list(rebuild([tar([("vs/1", b"x")])], [b"holdfast-incremental 1\n" + content]))


def test_a_guess_cannot_be_tried_without_the_key() -> None:
    """Neither is there an unkeyed digest of a member, nor the same one twice under two keys."""
    member = b"enable=1"
    found = digests(tar([("base/api", member)]))
    other = Digests(b"o" * compared.KEY)
    other.add(member)
    assert found.to_text() != other.to_text()
    for name in ("sha256", "sha1", "md5", "blake2b"):
        assert hashlib.new(name, member).hexdigest()[:20] not in found.to_text()


@pytest.mark.parametrize("text", ["x", "AAAA", "!" * 22, "é" * 22])
def test_digests_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Digests.from_text(KEY, text)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.errors import Unexpected
from holdfast.transport.lines import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

pieces = st.lists(st.binary(max_size=8) | st.sampled_from([b"\n", b"a\n", b"\nb", b""]))


@given(pieces)
def test_chunks_do_not_matter(chunks: list[bytes]) -> None:
    whole = b"".join(chunks).split(b"\n")
    expected = whole if whole[-1] else whole[:-1]
    assert list(lines("node", chunks)) == expected


def test_a_line_comes_before_the_next_chunk_is_asked_for() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"first\nsec"
        raise AssertionError("asked too early")

    assert next(lines("node", chunks())) == b"first"


def test_a_line_without_end_is_cut_off() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 100

    with pytest.raises(Unexpected, match="node: sends without end: stopped after 1100 bytes"):
        list(lines("node", endless(), longest=1000))


def test_lines_without_end_are_cut_off() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x\n" * 50

    with pytest.raises(Unexpected, match="sends without end"):
        list(lines("node", endless(), most=1000))

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdfast.transport.words import LONGEST, printable


@given(st.binary(max_size=1000))
def test_whatever_a_node_says_can_be_shown(raw: bytes) -> None:
    text = printable(raw)
    assert text.isprintable()
    assert len(text) <= LONGEST + 1


def test_escapes_and_line_ends_become_spaces() -> None:
    assert printable(b"\x1b[31mred\x07\r\n next\xe2\x80\xae line \xff") == "[31mred next line �"


def test_of_a_long_text_the_end_is_kept() -> None:
    text = printable(b"Traceback " * 100 + b"OSError: disk full")
    assert text.startswith("…")
    assert text.endswith("OSError: disk full")

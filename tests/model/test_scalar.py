from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.agent.names import is_name
from holdfast.model.scalar import boolean, line, name, noun, quote, whole
from holdfast.model.wrong import Wrong


@settings(max_examples=40)
@given(st.text(max_size=40) | st.from_regex(r"[A-Za-z0-9._-]{1,34}", fullmatch=True))
def test_a_name_here_is_a_name_on_the_node(text: str) -> None:
    try:
        accepted = name(text) == text
    except Wrong:
        accepted = False
    assert accepted is is_name(text)


@pytest.mark.parametrize(
    "text", ["", ".", "-a", "a/b", "a\n", "a;b", "ä", "a" * 33, "a b", "\u0661"]
)
def test_a_name_that_could_do_harm_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="is not a name"):
        name(text)


@pytest.mark.parametrize("text", ["yes", "True", "1", "on", ""])
def test_only_true_and_false_are_booleans(text: str) -> None:
    with pytest.raises(Wrong, match="must be true or false"):
        boolean(text)


@pytest.mark.parametrize("text", ["1_0", "010", "1e3", "+1", "1.0", "0x1", "", "٣", " 1"])
def test_a_whole_number_is_written_in_one_way(text: str) -> None:
    with pytest.raises(Wrong, match="must be a whole number"):
        whole(0, 100).parse(text)


def test_a_whole_number_keeps_its_bounds() -> None:
    assert whole(1, 5).parse("5") == 5
    with pytest.raises(Wrong, match="6 is out of range") as caught:
        whole(1, 5).parse("6")
    assert caught.value.hint == "1 to 5"


@pytest.mark.parametrize("text", ["two\nlines", "tab\t", "bell\x07", "nul\0", "\u2028"])
def test_a_line_holds_no_break_and_no_control(text: str) -> None:
    with pytest.raises(Wrong, match="line break or control character"):
        line(100).parse(text)


def test_a_line_keeps_its_length_and_may_be_allowed_to_be_empty() -> None:
    with pytest.raises(Wrong, match="has 4 characters"):
        line(3).parse("abcd")
    with pytest.raises(Wrong, match="is empty"):
        line(3).parse("")
    assert line(3, empty=True).parse("") == ""


@settings(max_examples=40)
@given(st.text())
def test_a_quoted_text_is_one_short_printable_line(text: str) -> None:
    assert quote(text).isprintable()
    assert len(quote("a" + text)) <= 72 * 10 + 2


def test_a_noun_never_shows_what_is_in_a_mapping() -> None:
    assert noun({"a": "secret"}) == "a mapping"
    assert noun(["secret"]) == "a list"

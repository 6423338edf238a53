"""Our block in a foreign text: what is outside stays byte for byte, and half a block is refused."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from holdfast.agent.ownedblock import BrokenBlock, Split, join_block, split_block

BEGIN, END = "# BEGIN holdfast-prg", "# END holdfast-prg"
OTHERS = "# BEGIN holdfast-prg2\nx\n# END holdfast-prg2\n"


def foreign() -> st.SearchStrategy[str]:
    """Text of others: any characters but NUL, with all kinds of line ends, also in the middle."""
    pieces = st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
        st.sampled_from(["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "# BEGIN x\n", OTHERS]),
    )
    return st.lists(pieces, max_size=8).map("".join).filter(lambda text: BEGIN + "\n" not in text)


def inside() -> st.SearchStrategy[tuple[str, ...]]:
    line = st.text(st.characters(codec="utf-8", exclude_characters="\0\n"), max_size=20)
    return st.lists(line.filter(lambda text: "holdfast-" not in text), max_size=4).map(tuple)


@given(foreign())
def test_a_text_without_a_block_comes_back_as_it_was(text: str) -> None:
    split = split_block(text, "prg")
    assert split.lines is None
    assert join_block(split, "prg") == text


@given(foreign(), inside())
def test_a_block_can_be_put_in_and_taken_out_again(text: str, lines: tuple[str, ...]) -> None:
    joined = join_block(split_block(text, "prg")._replace(lines=lines), "prg")
    found = split_block(joined, "prg")
    assert found == Split("", lines, text)
    assert join_block(found._replace(lines=None), "prg") == text


@given(foreign(), inside(), inside(), foreign())
def test_a_block_in_the_middle_is_replaced_where_it_stands(
    before: str, lines: tuple[str, ...], newer: tuple[str, ...], after: str
) -> None:
    assume(not before or before.endswith("\n"))
    text = join_block(Split(before, lines, after), "prg")
    split = split_block(text, "prg")
    assert split == Split(before, lines, after)
    replaced = join_block(split._replace(lines=newer), "prg")
    assert replaced.startswith(before + BEGIN + "\n")
    assert replaced.endswith(END + "\n" + after)
    assert split_block(replaced, "prg") == Split(before, newer, after)


def test_two_inventories_have_a_block_each() -> None:
    text = join_block(split_block(OTHERS, "prg")._replace(lines=("y",)), "prg")
    assert split_block(text, "prg").lines == ("y",)
    assert split_block(text, "prg2").lines == ("x",)


def test_a_block_that_lost_its_last_newline_or_got_others_is_still_ours() -> None:
    assert split_block(f"a\n{BEGIN}\nx\n{END}", "prg") == Split("a\n", ("x",), "")
    assert split_block(f"{BEGIN} \r\nx\r\n{END}\r\nb", "prg") == Split("", ("x\r",), "b")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a", BEGIN, "x"], f"line 2: `{BEGIN}` without `{END}` below it"),
        (["a", "x", END], f"line 3: `{END}` without `{BEGIN}` above it"),
        ([END, "x", BEGIN], f"line 1: `{END}` without `{BEGIN}` above it"),
        ([BEGIN, "x", BEGIN, END], f"line 1: `{BEGIN}` without `{END}` below it"),
        ([BEGIN, END, "a", BEGIN, END], f"line 4: a second `{BEGIN}`"),
        ([BEGIN, END, "a", END], f"line 4: a second `{END}`"),
        (
            [BEGIN, "# BEGIN holdfast-b", END, "# END holdfast-b"],
            "line 2: `# BEGIN holdfast-b` inside the block of prg",
        ),
    ],
)
def test_half_a_block_is_refused_with_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(BrokenBlock) as error:
        split_block("\n".join(lines) + "\n", "prg")
    assert str(error.value) == message


@pytest.mark.parametrize("line", ["a\nb", END, " # BEGIN holdfast-b"])
def test_a_line_that_would_break_the_block_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cannot stand inside a block"):
        join_block(Split("", (line,), ""), "prg")

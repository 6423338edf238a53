from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.inventory.document import parse
from holdfast.problem import Place

if TYPE_CHECKING:
    from typing import Any

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def said(text: str) -> list[str]:
    return [str(problem) for problem in parse(text.encode(), "f.yaml").problems]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.dictionaries(WORDS, TREES, max_size=4), st.booleans(), st.booleans())
def test_a_tree_is_read_as_it_was_written(tree: Any, flow: bool, unicode: bool) -> None:  # noqa: FBT001
    written = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=unicode, sort_keys=False)
    assert parse(written.encode(), "f.yaml").tree == tree


def test_every_scalar_stays_text() -> None:
    document = parse(b"a: [yes, 1:30, 0123, 22:00, 1e3, 2026-01-01, 0x1f, 'null']", "f.yaml")
    assert document.tree["a"] == [
        "yes",
        "1:30",
        "0123",
        "22:00",
        "1e3",
        "2026-01-01",
        "0x1f",
        "null",
    ]
    assert not document.problems


def test_a_place_is_where_the_key_or_the_item_begins() -> None:
    document = parse(b"nodes:\n  n1:\n    ssh: {port: 22}\n  n2: [a,\n    b]\n", "f.yaml")
    for path, line, column in (
        (("nodes",), 1, 1),
        (("nodes", "n1"), 2, 3),
        (("nodes", "n1", "ssh", "port"), 3, 11),
        (("nodes", "n2", 1), 5, 5),
        (("nodes", "n1", "ssh", "user", "name"), 3, 5),  # not written: where it would belong
        (("nodes", "n3"), 1, 1),
        ((), 1, 1),
    ):
        assert document.place(path) == Place("f.yaml", line, column), path


def test_columns_are_counted_in_characters_and_a_mark_of_order_is_no_column() -> None:
    document = parse("\ufeffä: {ö: 1, ü: 2}".encode(), "f.yaml")
    assert document.place(("ä", "ü")) == Place("f.yaml", 1, 11)


def test_windows_line_ends_are_line_ends() -> None:
    assert parse(b"a: 1\r\nb: 2\r\n", "f.yaml").place(("b",)) == Place("f.yaml", 2, 1)


def test_an_alias_is_the_anchored_value_at_its_own_place() -> None:
    document = parse(b"a: &a {x: 1}\nb: *a\nc: &c text\nd: [*c]\n", "f.yaml")
    assert document.tree == {"a": {"x": "1"}, "b": {"x": "1"}, "c": "text", "d": ["text"]}
    assert document.place(("b",)).line == 2
    assert document.place(("b", "x")).line == 1
    assert document.place(("a",)).line == 1
    assert document.place(("d", 0)) == Place("f.yaml", 4, 5)


def test_an_anchor_is_set_once() -> None:
    assert said("a: &x 1\nb: &x 2\n") == [
        "f.yaml:2:4: b: the anchor `&x` is there already (rename it)"
    ]


def test_scalars_in_an_anchored_list_count_when_it_is_repeated() -> None:
    items = ", ".join("x" * 1000)
    text = f"a: &a [{items}]\nb: [{', '.join(['*a'] * 101)}]\n"
    assert said(text) == ["f.yaml:2:405: b[100]: aliases stand for more than 100,000 values"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 'x\n", "1:4: the quote that opens here never closes"),
        ("a: @x\n", "1:4: a value cannot begin with `@` (put it in quotes)"),
        ("a: ]\n", "1:4: a value is missing here"),
        (
            "a:\n- b\nc: 1\n- d\n",
            "4:1: the indent fits no line above (align the line with its siblings)",
        ),
        (
            "- a\nb: 1\n",
            "2:1: the list above goes on without `-` (write `- ` before it, or mend its indent)",
        ),
        ("a: &\n", "1:4: `&` at the beginning means an anchor (put the text in quotes)"),
        ("a: |x\n", "1:4: `|` and `>` begin a block of lines (or put the text in quotes)"),
        ("a: - b\n", "1:4: `- ` cannot stand here (begin a list on a line of its own)"),
        ("a: !e!x 1\n", "1:4: tags are not supported (take the `!…` out)"),
        ("a: 1\n...\nb: 1\n", "3:1: text after the end of the document"),
        ("a: 1\u2028b: 2\n", "1:5: control character U+2028 (take it out)"),
        ("a: 1\nb: \0\n", "2:4: control character U+0000 (take it out)"),
    ],
)
def test_the_parser_is_quoted_in_our_words(text: str, problem: str) -> None:
    assert said(text) == [f"f.yaml:{problem}"]


@settings(max_examples=200)
@given(st.text(st.sampled_from("a1 :-[]{}&*!|>'\"%@`#,?~\n\t\\"), max_size=30) | st.text())
def test_no_text_whatever_is_more_than_a_problem(text: str) -> None:
    document = parse(text.encode("utf-8", "surrogatepass"), "f.yaml")
    assert document.problems or isinstance(document.tree, dict)
    for problem in document.problems:
        assert str(problem).isprintable()
        assert "did not find" not in str(problem)


@settings(max_examples=60)
@given(st.binary(max_size=40))
def test_no_bytes_whatever_are_more_than_a_problem(data: bytes) -> None:
    assert parse(data, "f.yaml").file == "f.yaml"

"""The grammar of what may become a path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent import names


@pytest.mark.parametrize("text", ["a", "web01", "A.b_c-d", "9", "a" * 32])
def test_names(text: str) -> None:
    assert names.is_name(text)
    assert names.is_id(f"daily@{text}")
    assert names.is_id(f"{text}@web01:1")


@pytest.mark.parametrize(
    "text", ["", ".", "..", "-a", "_a", "a/b", "a b", "a\n", "é", "٣", "a" * 33]
)
def test_no_names(text: str) -> None:
    assert not names.is_name(text)
    assert not names.is_inventory(text)
    assert not names.is_id(f"daily@{text}")
    assert not names.is_id(f"{text}@web01:1")


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@a", "a@b:", "a@b:x", "a@b:1:2", "a@b@c", "a@b:٣", 7]
)
def test_no_ids(text: object) -> None:
    assert not names.is_id(text)


@given(st.text(max_size=40))
def test_what_passes_is_one_plain_part_of_a_path(text: str) -> None:
    for rule in (names.is_name, names.is_inventory, names.is_secret, names.is_id):
        if rule(text):
            assert text[0].isalnum()
            assert not set(text) & set("/\0\n\r\t \\'\"$`;&|<>*?%")

"""A fragment of an inventory as YAML: what is read back is what was meant."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holdfast.engine.existing.crontab import redacted
from holdfast.engine.existing.fragment import Fragment
from holdfast.views.fragment import fragment

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=12)
SCALAR = st.booleans() | st.integers(-99, 10**9) | TEXT
NAME = st.text(st.sampled_from("abcXYZ019._-:/"), min_size=1, max_size=8)
VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(NAME, inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
ENTRY = st.dictionaries(NAME, VALUE, min_size=1, max_size=4)


def raw(node: yaml.Node) -> Any:
    """Return what stands there, every scalar as its text: so the inventory reads it."""
    if isinstance(node, yaml.MappingNode):
        return {raw(key): raw(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [raw(item) for item in node.value]
    return node.value


def text_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): text_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [text_of(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.slow
@given(st.dictionaries(NAME, ENTRY, min_size=1, max_size=3), st.lists(ENTRY, min_size=1))
def test_what_is_written_is_read_back(named: dict[str, Any], listed: list[Any]) -> None:
    sections = {"servers": named, "definitions": listed}
    written = fragment(Fragment(sections, ("a\nnote",), ("# odd\u2028",)))
    assert raw(yaml.compose(written)) == text_of(sections)


def test_words_that_yaml_takes_amiss_are_quoted() -> None:
    section = {"lm": {"a": "null", "b": "*x", "c": "off", "d": "0 2 * * *", "e": "none"}}
    assert fragment(Fragment({"loadmasters": section})) == (
        'loadmasters:\n  lm:\n    a: "null"\n    b: "*x"\n    c: "off"\n    d: "0 2 * * *"\n'
        "    e: none\n"
    )


@given(st.text(max_size=60))
def test_any_command_can_be_redacted(command: str) -> None:
    assert redacted(command + " --password=hunter2 x").endswith(" --password=*** x")

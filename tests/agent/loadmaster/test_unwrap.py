"""A file out of a JSON answer, however the answer is written and cut into blocks."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.loadmaster.unwrap import Unwrapping

if TYPE_CHECKING:
    from collections.abc import Callable

OTHERS = st.dictionaries(
    st.text(max_size=5).filter(lambda name: name != "data"),
    st.recursive(
        st.none()
        | st.booleans()
        | st.text('"\\{}[]:,data', max_size=9)
        | st.just({"data": "AAAA"}),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("data"), inner),
        max_leaves=4,
    ),
    max_size=4,
)
# How encoders write what they may: a slash escaped, all escaped, lines of 76.
SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda text: text.replace("/", "\\/"),
    lambda text: text.replace("+", "\\u002b").replace("=", "\\u003D").replace("/", "\\u002F"),
    lambda text: "\\r\\n".join(text[at : at + 76] for at in range(0, len(text), 76)),
]


def cut(text: bytes, sizes: list[int]) -> list[bytes]:
    blocks = []
    for size in [*sizes, len(text)]:
        blocks.append(text[:size])
        text = text[size:]
    return blocks


@given(
    st.binary(max_size=400),
    OTHERS,
    OTHERS,
    st.sampled_from(SPELLINGS),
    st.lists(st.integers(1, 90), max_size=40),
)
def test_the_file_comes_out_and_the_rest_stays(
    content: bytes,
    before: dict[str, Any],
    after: dict[str, Any],
    spell: Callable[[str], str],
    sizes: list[int],
) -> None:
    mark = "<the file>"
    document = {**before, "data": mark, **{k: v for k, v in after.items() if k not in before}}
    text = json.dumps(document).replace(mark, spell(base64.b64encode(content).decode()))
    answer = Unwrapping(cut(text.encode(), sizes))
    assert b"".join(answer.file()) == content
    assert answer.found
    assert json.loads(answer.rest) == {**document, "data": ""}


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b'{"data":"', b'"', b"}", b"QUJD"])))
def test_whatever_comes_is_taken_as_json_would_or_refused(blocks: list[bytes]) -> None:
    answer = Unwrapping(blocks)
    try:
        content = b"".join(answer.file())
        json.loads(answer.rest)
    except ValueError:
        return
    document = json.loads(b"".join(blocks))
    if answer.found:
        assert content == base64.b64decode(document["data"])


@pytest.mark.parametrize(
    "text",
    [
        '{"data":"QUJD',
        '{"data":"QUJ"}',
        '{"data":"QUI=QUJD"}',
        '{"data":"QU*D"}',
        '{"data":"QU\\tJD"}',
        '{"data":"QU\\"JD"}',
        '{"data":"QUJD","data":"QUJD"}',
        '{"data":"QUJD\\',
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1 << 16])
def test_what_is_no_whole_base64_is_refused(text: str, size: int) -> None:
    blocks = [text[at : at + size].encode() for at in range(0, len(text), size)]
    with pytest.raises(ValueError):  # noqa: PT011  # each in its own words
        list(Unwrapping(blocks).file())


def test_what_is_beside_the_file_is_not_kept_without_end() -> None:
    blocks = (b"x" * 65536 for _ in range(10**9))
    with pytest.raises(ValueError, match="beside the file"):
        list(Unwrapping(blocks).file())


def test_a_file_within_something_else_is_none() -> None:
    answer = Unwrapping([b'{"inner": {"data": "QUJD"}, "list": [{"data": "QUJD"}]}'])
    assert list(answer.file()) == []
    assert not answer.found

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.errors import Locked, RemoteError, Unauthorized, Unexpected
from holdfast.transport.answer import Message, messages

if TYPE_CHECKING:
    from collections.abc import Generator

HELLO: Message = {"type": "hello", "protocol": 1, "agent": "absent"}
RESOURCE: Message = {
    "type": "resource",
    "kind": "agent",
    "name": "",
    "attributes": {},
    "applied": None,
}


class Line:
    """What was sent, and whether the session was closed."""

    def __init__(self, *sent: bytes | Message) -> None:
        self.sent = [
            item if isinstance(item, bytes) else json.dumps(item).encode() for item in sent
        ]
        self.closed = False

    def __iter__(self) -> Generator[bytes, None, None]:
        try:
            yield from self.sent
        finally:
            self.closed = True


def read(*sent: bytes | Message) -> list[Message]:
    return list(messages("node", iter(Line(*sent))))


def end(count: int) -> Message:
    return {"type": "end", "count": count}


def test_a_whole_answer_is_its_messages_without_the_end() -> None:
    assert read(HELLO, RESOURCE, RESOURCE, end(3)) == [HELLO, RESOURCE, RESOURCE]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ((), "node: answered nothing"),
        ((HELLO,), "node: gave half an answer: it broke off after 1 lines"),
        ((HELLO, RESOURCE), "node: gave half an answer: it broke off after 2 lines"),
        ((HELLO, RESOURCE, end(3)), "node: gave half an answer: 2 lines came of 3"),
        ((HELLO, {"type": "end"}), "node: gave half an answer: 1 lines came of None"),
        ((HELLO, end(1), b"logout"), "node: goes on after the end of its answer: logout"),
        ((RESOURCE, end(1)), "node: its agent began with 'resource', not with `hello`"),
        ((end(0),), "node: its agent began with 'end', not with `hello`"),
    ],
)
def test_what_is_no_whole_answer_is_an_error(
    sent: tuple[bytes | Message, ...], message: str
) -> None:
    with pytest.raises(Unexpected) as caught:
        read(*sent)
    assert str(caught.value) == message


def test_noise_is_quoted_and_its_place_named() -> None:
    with pytest.raises(Unexpected) as caught:
        read(b"\x1b[1mWelcome to \x07node!", HELLO, end(1))
    assert str(caught.value) == (
        "node: no agent speaks: '[1mWelcome to node!'"
        " (the shell start-up files of its login (such as .bashrc) must print nothing)"
    )


@pytest.mark.parametrize("protocol", [2, None, "1"])
def test_a_protocol_from_the_future_is_not_guessed_at(protocol: object) -> None:
    with pytest.raises(Unexpected, match="use the newer Holdfast that put it there"):
        read({"type": "hello", "protocol": protocol})


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"type": 1}',
        b'{"type": "a"',
        b'{"type": "a", "x": NaN}',
        b'{"type": "\xff"}',
        b'{"type": "a"} {"type": "b"}',
        b"[" * 100000,
        b"9" * 5000,
    ],
)
def test_a_line_that_is_no_message_is_quoted(line: bytes) -> None:
    with pytest.raises(Unexpected, match="no agent speaks"):
        read(HELLO, line, end(2))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("locked", Locked),
        ("denied", Unauthorized),
        ("protocol", Unexpected),
        ("request", Unexpected),
        ("news", Unexpected),
    ],
)
def test_an_error_of_the_agent_is_raised_in_its_words(code: str, kind: type[RemoteError]) -> None:
    with pytest.raises(RemoteError) as caught:
        read(HELLO, {"type": "error", "code": code, "message": "held by\x1b ci"})
    assert type(caught.value) is kind
    assert str(caught.value) == "node: held by ci"


def test_an_error_ends_the_session_at_once() -> None:
    line = Line({"type": "error", "code": "locked"}, b"never read")
    with pytest.raises(Locked, match="its agent gave no reason"):
        list(messages("node", iter(line)))
    assert line.closed


def test_messages_come_before_the_answer_is_whole() -> None:
    running = messages("node", iter(Line(HELLO, RESOURCE)))
    assert next(running) == HELLO
    assert next(running) == RESOURCE
    with pytest.raises(Unexpected, match="half an answer"):
        next(running)


@given(st.integers(0, 5), st.data())
def test_no_part_of_an_answer_passes_for_the_whole(resources: int, data: st.DataObject) -> None:
    sent = [HELLO, *[RESOURCE] * resources, end(1 + resources)]
    text = b"\n".join(json.dumps(message).encode() for message in sent)
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(Unexpected):
        list(messages("node", (line for line in text[:cut].split(b"\n") if line)))


@pytest.mark.parametrize("value", [b'"\\ud800"', b'"\\udfff \\ud83d"', b"1e999", b"-1e999", b"NaN"])
def test_what_could_not_be_written_down_again_is_no_answer(value: bytes) -> None:
    line = b'{"type": "resource", "attributes": {"a": %s}}' % value
    with pytest.raises(Unexpected, match="no agent speaks"):
        read(HELLO, line, end(2))


def test_whole_pairs_are_text() -> None:
    line = b'{"type": "resource", "attributes": {"a": "\\ud83d\\ude00"}}'
    assert read(HELLO, line, end(2))[1]["attributes"] == {"a": "\N{GRINNING FACE}"}


@pytest.mark.parametrize("opening", [b"[", b'{"a": '])
def test_what_nests_too_deep_to_be_walked_through_is_no_answer(opening: bytes) -> None:
    closing = {b"[": b"]"}.get(opening, b"}")
    for depth in (70, 100_000):
        value = opening * depth + b"1" + closing * depth
        with pytest.raises(Unexpected, match="no agent speaks"):
            read(HELLO, b'{"type": "resource", "attributes": %s}' % value, end(2))


def test_a_long_list_is_not_deep() -> None:
    line = {"type": "resource", "backups": [{"tags": [[]]}] * 1000}
    assert read(HELLO, line, end(2))[1] == line

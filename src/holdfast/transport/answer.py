"""Lines to messages: a whole answer of an agent, or an error that quotes what came instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import closing
from math import isfinite
from typing import TYPE_CHECKING

from holdfast.agent.layout import PROTOCOL
from holdfast.errors import Locked, RemoteError, Speechless, Unauthorized, Unexpected
from holdfast.transport.words import printable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Message = dict[str, object]

_NOISE_HINT = "the shell start-up files of its login (such as .bashrc) must print nothing"
_REFUSALS: dict[str, type[RemoteError]] = {"locked": Locked, "denied": Unauthorized}


def messages(node: str, lines: Generator[bytes, None, None]) -> Iterator[Message]:
    """Yield the messages between `hello` and `end`, `hello` included.

    Only an iteration that ends without raising was a whole answer: half of one is never taken
    for "nothing more there".
    """
    count, ended = 0, False
    with closing(lines):
        for line in _heard(node, lines):
            if ended:
                raise Unexpected(node, f"goes on after the end of its answer: {printable(line)}")
            message = _parse(node, line, Unexpected if count else Speechless)
            if message["type"] == "error":
                raise _refusal(node, message)
            if count == 0:
                _greeting(node, message)
            if message["type"] == "end":
                _complete(node, message, count)
                ended = True
                continue
            count += 1
            yield message
    if not ended:
        raise Unexpected(node, f"gave half an answer: it broke off after {count} lines")


def _heard(node: str, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines; raise Speechless where there is none, however the program ended."""
    spoke = False
    try:
        for line in lines:
            spoke = True
            yield line
    except Unexpected as error:
        if spoke:
            raise
        raise Speechless(node, error.message) from error
    if not spoke:
        raise Speechless(node, "answered nothing")


def _not_json(constant: str) -> None:
    raise ValueError(constant)  # json would take NaN and Infinity, which are no JSON


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(number)  # 1e999: it could not be written as JSON again
    return value


_decode = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite).decode
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_MANY = 64  # brackets; a line of ours nests four deep


def _parse(node: str, line: bytes, error: type[Unexpected]) -> Message:
    try:
        message = _decode(line.decode())
        if _SURROGATE.search(line):
            json.dumps(message, ensure_ascii=False).encode()  # half of a pair is no text
        if line.count(b"{") + line.count(b"[") > _MANY:
            _shallow(message, _MANY)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise error(node, f"no agent speaks: {printable(line)!r} ({_NOISE_HINT})")
    return message


def _shallow(value: object, depth: int) -> None:
    """Raise RecursionError for a value that whoever walks through it could not."""
    if depth == 0:
        raise RecursionError
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(inner, Iterable) and not isinstance(inner, str):
        for item in inner:
            _shallow(item, depth - 1)


def _greeting(node: str, message: Message) -> None:
    if message["type"] != "hello":
        raise Unexpected(node, f"its agent began with {message['type']!r}, not with `hello`")
    protocol = message.get("protocol")
    if not isinstance(protocol, int) or protocol > PROTOCOL:
        what = f"its agent speaks protocol {protocol!r}, this Holdfast {PROTOCOL}"
        raise Unexpected(node, f"{what}: use the newer Holdfast that put it there")


def _complete(node: str, message: Message, count: int) -> None:
    if message.get("count") != count:
        counted = message.get("count")
        raise Unexpected(node, f"gave half an answer: {count} lines came of {counted!r}")


def _refusal(node: str, message: Message) -> RemoteError:
    kind = _REFUSALS.get(str(message.get("code")), Unexpected)
    said = printable(str(message.get("message", "its agent gave no reason")).encode())
    return kind(node, said)

"""The JSON API: a command to a request, a reply to values or a file."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Iterable, Iterator, Mapping

from holdfast.agent.loadmaster import errors, jsontext
from holdfast.agent.loadmaster.errors import BadAnswer
from holdfast.agent.loadmaster.unwrap import Unwrapping
from holdfast.agent.loadmaster.values import LARGEST, Value, nonsense, shown, text
from holdfast.agent.loadmaster.wire import OK, Order

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.login import Login
    from holdfast.agent.loadmaster.wire import Reply

_PATH = "/accessv2"
_HEADERS = {"Content-Type": "application/json"}
_DATA, _END = b', "data": "', b'"}'
_THIRDS, _QUARTERS = 3, 4  # bytes, and the characters of base64 that they make


class JsonApi:
    """`/accessv2`: all in the body, so no secret stands in a URL."""

    name = "json"

    def __init__(self, login: Login) -> None:
        self._login = login

    def ask(self, command: str, arguments: Mapping[str, str]) -> Order:
        """Return the request of a command."""
        content = self._document(command, arguments)
        return Order(command, "POST", _PATH, _HEADERS, [content], len(content))

    def send(
        self, command: str, arguments: Mapping[str, str], blocks: Iterable[bytes], size: int
    ) -> Order:
        """Return the request of a command with a file of `size` bytes."""
        start = self._document(command, arguments)[:-1] + _DATA
        total = len(start) + (size + _THIRDS - 1) // _THIRDS * _QUARTERS + len(_END)
        return Order(command, "POST", _PATH, _HEADERS, _wrapped(start, blocks), total)

    def values(self, reply: Reply, *secrets: str) -> dict[str, Value]:
        """Return what a command answers; raise the error that the answer means."""
        return self._judged(reply, reply.whole(LARGEST), *secrets)

    def file(self, reply: Reply, *secrets: str) -> Iterator[bytes]:
        """Yield the file of an answer; whether it was a good one shows only at its end."""
        if reply.status != OK:
            self.values(reply, *secrets)
        answer = Unwrapping(reply.blocks())
        size = 0
        try:
            for block in answer.file():
                size += len(block)
                yield block
        except ValueError as error:
            words = nonsense(answer.rest, self._login, *secrets)
            raise errors.of_nonsense(
                reply.device, reply.command, answer.rest, str(error), words
            ) from None
        self._judged(reply, answer.rest, *secrets)
        if not size:
            raise BadAnswer(reply.device, "answers %s without a file" % reply.command)

    def _document(self, command: str, arguments: Mapping[str, str]) -> bytes:
        return json.dumps({"cmd": command, **self._login.members, **arguments}).encode()

    def _judged(self, reply: Reply, content: bytes, *secrets: str) -> dict[str, Value]:
        """Return the values if HTTP and the answer itself both say that all is well."""
        try:
            document = jsontext.parse(content)
        except ValueError as error:
            words = nonsense(content, self._login, *secrets)
            if reply.status != OK:
                raise errors.of_answer(
                    reply.device, reply.command, reply.status, "", words
                ) from None
            raise errors.of_nonsense(
                reply.device, reply.command, content, str(error), words
            ) from None
        code, status = text(document.pop("code", "")), text(document.pop("status", ""))
        if reply.status != OK or status.lower() != "ok" or code not in ("", str(OK)):
            words = shown(text(document.get("message", "")), self._login, *secrets)
            raise errors.of_answer(reply.device, reply.command, reply.status, code, words)
        return document


def _wrapped(start: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield start
    left = b""
    for block in blocks:
        content = left + block
        whole = len(content) // _THIRDS * _THIRDS
        left = content[whole:]
        yield base64.b64encode(content[:whole])
    yield base64.b64encode(left) + _END

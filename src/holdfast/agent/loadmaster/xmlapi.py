"""The XML API of older firmware: a command to a request, a reply to values or a file.

An API key has no place there but the URL, nor has a passphrase beside a file; so this one is used
only where there is no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Iterator, Mapping
from urllib.parse import quote, urlencode

from holdfast.agent.loadmaster import errors, xmltext
from holdfast.agent.loadmaster.errors import BadAnswer
from holdfast.agent.loadmaster.values import LARGEST, Value, nonsense, shown
from holdfast.agent.loadmaster.wire import OK, Order

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.login import Login
    from holdfast.agent.loadmaster.wire import Reply

_TEXTS = (b"<?xml", b"<response", b"<html", b"<!doctype")
_BEGINNING = 256
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_FILE = {"Content-Type": "application/octet-stream"}

# Without a login: 404 says that there is no API, anything else that there is one.
KNOCK = Order("listapi", "GET", "/access/listapi", {})


class XmlApi:
    """`/access/COMMAND`."""

    name = "xml"

    def __init__(self, login: Login) -> None:
        self._login = login

    def ask(self, command: str, arguments: Mapping[str, str]) -> Order:
        """Return the request of a command; `set` is a form, so that no value stands in a URL."""
        if command != "set":
            return Order(command, "GET", self._path(command, arguments), self._login.headers)
        content = urlencode(arguments).encode()
        headers = {**self._login.headers, **_FORM}
        return Order(command, "POST", self._path(command, {}), headers, [content], len(content))

    def send(
        self, command: str, arguments: Mapping[str, str], blocks: Iterable[bytes], size: int
    ) -> Order:
        """Return the request of a command with a file of `size` bytes."""
        headers = {**self._login.headers, **_FILE}
        return Order(command, "POST", self._path(command, arguments), headers, blocks, size)

    def values(self, reply: Reply, *secrets: str) -> dict[str, Value]:
        """Return what a command answers; raise the error that the answer means."""
        return self._judged(reply, reply.whole(LARGEST), *secrets)

    def file(self, reply: Reply, *secrets: str) -> Iterator[bytes]:
        """Yield the file of an answer: raw bytes. A text in its place is an error, or means one."""
        first = reply.peek()
        if reply.status == OK and first and not _is_text(reply.kind, first):
            yield from reply.blocks()
            return
        self.values(reply, *secrets)
        raise BadAnswer(reply.device, "answers %s without a file" % reply.command)

    def _judged(self, reply: Reply, content: bytes, *secrets: str) -> dict[str, Value]:
        """Return the values if HTTP and the answer itself both say that all is well."""
        try:
            response = xmltext.parse(content)
        except ValueError as error:
            words = nonsense(content, self._login, *secrets)
            if reply.status != OK:
                raise errors.of_answer(
                    reply.device, reply.command, reply.status, "", words
                ) from None
            raise errors.of_nonsense(
                reply.device, reply.command, content, str(error), words
            ) from None
        good = response.succeeded and response.code == "ok" and response.stat in ("", str(OK))
        if reply.status != OK or not good:
            words = shown(response.message, self._login, *secrets)
            stat = response.stat
            raise errors.of_answer(reply.device, reply.command, reply.status, stat, words)
        return response.values

    def _path(self, command: str, arguments: Mapping[str, str]) -> str:
        path = "/access/" + quote(command.replace(".", "/"))
        query = urlencode({**arguments, **self._login.query})
        return "%s?%s" % (path, query) if query else path


def _is_text(kind: str, first: bytes) -> bool:
    """Tell text from a file: by what it is called, and by how it begins."""
    start = first[:_BEGINNING].strip().lower()
    is_markup = start.startswith(b"<") and start.isascii()  # no archive, no cipher
    return kind.startswith("text/") or is_markup or start.startswith(_TEXTS)

"""An answer of the XML API: its text to an outcome and values, whatever came.

Expat is driven by hand: no document types, so no entities; no depth or size without end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.values import Value

_DEEPEST, _MOST = 32, 50_000
_UTF_8 = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']utf-?8["']""", re.IGNORECASE)


class Response(NamedTuple):
    """`<Response stat=… code=…>`: what it says of how it went, and `Data` or `Error` in it."""

    stat: str
    code: str
    values: dict[str, Value]
    message: str  # of an error, or of a success without data
    succeeded: bool


class _Element:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.inner: list[_Element] = []
        self.text: list[str] = []

    def find(self, tag: str) -> _Element | None:
        return next((inner for inner in self.inner if inner.tag == tag), None)

    def value(self) -> Value:
        if not self.inner:
            return "".join(self.text).strip()
        found: dict[str, Value] = {}
        for inner in self.inner:
            value, before = inner.value(), found.get(inner.tag)
            if before is None:
                found[inner.tag] = value
            elif isinstance(before, list):
                before.append(value)
            else:
                found[inner.tag] = [before, value]
        return found


def parse(content: bytes) -> Response:
    """Return the response; raise ValueError for what is none."""
    root = _root(content)
    if root.tag != "Response":
        raise ValueError("no Response")
    success, error = root.find("Success"), root.find("Error")
    data = success.find("Data") if success is not None else None
    values = data.value() if data is not None else {}
    said = error if error is not None else success
    message = said.value() if said is not None else ""
    return Response(
        root.attributes.get("stat", ""),
        root.attributes.get("code", "").lower(),
        values if isinstance(values, dict) else {},
        message if isinstance(message, str) else "",
        success is not None and error is None,
    )


def _root(content: bytes) -> _Element:
    # The prolog says ISO-8859-1; this parser takes that or UTF-8, and no other for an answer.
    parser = expat.ParserCreate("utf-8" if _UTF_8.match(content.lstrip()[:200]) else "iso-8859-1")
    root = _Element("", {})
    path = [root]
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(path) > _DEEPEST or count > _MOST:
            raise ValueError("too deep or too much")
        element = _Element(tag, attributes)
        path[-1].inner.append(element)
        path.append(element)

    def heard(text: str) -> None:
        path[-1].text.append(text)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: path.pop()
    parser.CharacterDataHandler = heard
    parser.StartDoctypeDeclHandler = _refuse
    parser.buffer_text = True
    try:
        parser.Parse(content.lstrip(), True)  # noqa: FBT003 - it has no name for it
    except expat.ExpatError as error:
        raise ValueError("not XML: %s" % expat.ErrorString(error.code)) from None
    return root.inner[0]


def _refuse(*_args: object) -> None:
    raise ValueError("a document type, which no answer has")

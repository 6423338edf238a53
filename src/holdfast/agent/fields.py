"""Typed reading of a JSON document that anybody may have written. Must not: fill in defaults."""

from __future__ import annotations

import json

from holdfast.agent import regular
from holdfast.agent.failure import Malformed


class Fields:
    """The members of one JSON object; each reading refuses what is not of the asked type."""

    def __init__(self, document: object, what: str) -> None:
        self.what = what
        if not isinstance(document, dict):
            raise Malformed("%s is not a JSON object" % what)
        self.document = document

    def text(self, name: str) -> str:
        """Return a text."""
        value = self._value(name)
        if not isinstance(value, str):
            raise self.refusal(name, "a text")
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None where null is written."""
        return None if self._value(name) is None else self.text(name)

    def bytes_or_none(self, name: str) -> bytes | None:
        """Return bytes that stand there in base64, or None; the text itself is never shown."""
        text = self.text_or_none(name)
        if text is None:
            return None
        import base64  # noqa: PLC0415 - only what brings a key pays
        import binascii  # noqa: PLC0415 - the same

        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise Malformed("%s: `%s` must be base64" % (self.what, name)) from None

    def one_of(self, name: str, *allowed: str) -> str:
        """Return one of the allowed words."""
        value = self.text(name)
        if value not in allowed:
            raise self.refusal(name, "one of " + ", ".join(allowed))
        return value

    def whole(self, name: str, least: int = 0) -> int:
        """Return a whole number."""
        value = self._value(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.refusal(name, "a whole number from %d" % least)
        return value

    def whole_or_none(self, name: str, least: int = 0) -> int | None:
        """Return a whole number, or None where null is written."""
        return None if self._value(name) is None else self.whole(name, least)

    def number(self, name: str) -> float:
        """Return a number that is not negative."""
        value = self._value(name)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
            raise self.refusal(name, "a number")
        return float(value)

    def truth(self, name: str) -> bool:
        """Return true or false."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise self.refusal(name, "true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.refusal(name, "a list of texts")
        return tuple(value)

    def inner(self, name: str) -> Fields:
        """Return the object under a name."""
        return Fields(self._value(name), "`%s` of %s" % (name, self.what))

    def inner_or_none(self, name: str) -> Fields | None:
        """Return the object under a name, or None where null is written."""
        return None if self._value(name) is None else self.inner(name)

    def inners(self, name: str) -> tuple[Fields, ...]:
        """Return the objects of the list under a name."""
        value = self._value(name)
        if not isinstance(value, list):
            raise self.refusal(name, "a list")
        return tuple(Fields(item, "`%s` of %s" % (name, self.what)) for item in value)

    def refusal(self, name: str, wanted: str) -> Malformed:
        """Return the error that says what a member should have been."""
        shown = repr(self.document.get(name))[:80]
        return Malformed("%s: `%s` must be %s, not %s" % (self.what, name, wanted, shown))

    def _value(self, name: str) -> object:
        if name not in self.document:
            raise Malformed("%s: `%s` is missing" % (self.what, name))
        return self.document[name]


def load(path: str, what: str) -> Fields | None:
    """Return the fields of a JSON file, None where there is no such file."""
    try:
        content = regular.read(path, what)
    except FileNotFoundError:
        return None
    return parse(content, what)


def parse(content: bytes, what: str) -> Fields:
    """Return the fields of a JSON text, or raise Malformed."""
    try:
        text = content.decode()
        document = json.loads(text)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
        return Fields(document, what)
    except (ValueError, RecursionError) as error:
        raise Malformed("%s is not JSON: %s" % (what, error)) from None

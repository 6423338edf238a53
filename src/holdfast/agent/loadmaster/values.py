"""What a device says, in one form whichever API said it; and its words, fit to be shown.

A value is a text, a list or a mapping. JSON's true and false are `yes` and `no`, its numbers the
digits that stood there; white space around a text is not part of it.
"""

from __future__ import annotations

import re
from typing import Dict, List, Union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.agent.loadmaster.login import Login

Value = Union[str, List["Value"], Dict[str, "Value"]]

LARGEST = 8 << 20  # bytes of an answer that is no file
_READ, _LONGEST_WORDS = 4096, 300
_TAG = re.compile("<[^>]{0,1000}>")
_OFF = ("", "no", "n", "0", "false")


def text(value: Value) -> str:
    """Return a parameter's value as one text: a list is joined by commas, as XML shows it."""
    if isinstance(value, list):
        return ",".join(text(item) for item in value)
    return value if isinstance(value, str) else ""


def listed(value: Value | None) -> list[Value]:
    """Return a list whatever it looks like: XML cannot tell one of one from a single value."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def is_on(value: str) -> bool:
    """Tell whether a flag is set; JSON shows one that is off as an empty text, too."""
    return value.lower() not in _OFF


def is_page(content: bytes) -> bool:
    """Tell whether an answer is a web page, as far as its beginning shows."""
    return content[:_READ].lstrip().lower().startswith((b"<html", b"<!doctype html"))


def decoded(content: bytes) -> str:
    """Return the text of an answer; which encoding a device uses beside ASCII is not known."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")


def nonsense(content: bytes, login: Login, *secrets: str) -> str:
    """Return the words of an answer that is none, without a page's tags, as `shown` does."""
    # A secret may look like a tag itself.
    return shown(_TAG.sub(" ", login.redact(decoded(content), *secrets)), login, *secrets)


def shown(words: str, login: Login, *secrets: str) -> str:
    """Return a device's words as one short printable line, without secrets."""
    known = login.redact(words, *secrets)[:_READ]  # a cut must not leave half a secret
    line = " ".join("".join(c if c.isprintable() else " " for c in known).split())
    line = login.redact(line, *secrets)
    return line if len(line) <= _LONGEST_WORDS else line[:_LONGEST_WORDS] + "..."

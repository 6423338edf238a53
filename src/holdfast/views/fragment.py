"""Fragment to YAML that an inventory reads back as it is. Must not: decide or sort.

Written by hand: every scalar is text to the loader, so only what YAML itself takes amiss is quoted.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from holdfast.views.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.existing.fragment import Fragment

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+-]*")
_TAKEN = frozenset({"null", "~", "true", "false", "yes", "no", "on", "off", "."})
_WIDTH = 78
_SMALL = frozenset({"retention"})  # of a list's entry


def fragment(subject: Fragment) -> str:
    """Return the whole text, comments first and last."""
    lines = [f"# {clean(note)}" for note in subject.notes]
    for name, section in subject.sections.items():
        lines.append(f"{name}:")
        lines += _block(section, "  " if isinstance(section, dict) else "")
    if subject.leftovers:
        lines += ["", "# Left alone; to be decided by a person:"]
        lines += [f"# - {clean(note)}" for note in subject.leftovers]
    return "".join(f"{line}\n" for line in lines)


def _block(item: object, indent: str) -> Iterator[str]:
    if isinstance(item, list):
        for entry in item:
            first, *rest = _block(entry, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
    elif isinstance(item, dict):
        for key, value in item.items():
            yield from _pair(str(key), value, indent)


def _pair(key: str, value: object, indent: str) -> Iterator[str]:
    line = f"{indent}{scalar(key)}: {_flow(value)}"
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    flat = not any(isinstance(item, dict | list) for item in inner)
    # Under a name its own fields stand on lines of their own, however few they are.
    of_entry = indent == "  " and isinstance(value, dict) and key not in _SMALL
    if not isinstance(value, dict | list) or (flat and len(line) <= _WIDTH and not of_entry):
        yield line
        return
    yield f"{indent}{scalar(key)}:"
    if isinstance(value, list):
        yield from (f"{indent}- {_flow(entry)}" for entry in value)
    else:
        yield from _block(value, indent + "  ")


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """Return one value as YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int) or (_PLAIN.fullmatch(text) and text.lower() not in _TAKEN):
        return text
    if text == "none":
        return text
    return json.dumps(text, ensure_ascii=False)

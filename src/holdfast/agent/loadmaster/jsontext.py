"""An answer of the JSON API: its text to values, whatever came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from holdfast.agent.loadmaster.values import decoded

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.values import Value

_DEEPEST = 32


def parse(content: bytes) -> dict[str, Value]:
    """Return the values of a JSON object; raise ValueError for anything else."""
    try:
        document = json.loads(
            decoded(content), parse_int=str, parse_float=str, parse_constant=_no_constant
        )
        found = _value(document, _DEEPEST)
    except RecursionError:
        raise ValueError("too deep") from None
    except json.JSONDecodeError:
        raise ValueError("not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - one error for all that is no answer
    return found


def _value(item: object, depth: int) -> Value:
    if not depth:
        raise ValueError("too deep")
    if isinstance(item, dict):
        return {_plain(name): _value(inner, depth - 1) for name, inner in item.items()}
    if isinstance(item, list):
        return [_value(inner, depth - 1) for inner in item]
    if item is True or item is False:
        return "yes" if item else "no"
    return _plain(item) if isinstance(item, str) else ""


def _plain(text: str) -> str:
    # Half a surrogate pair, which JSON can write, is no text.
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _no_constant(text: str) -> str:
    raise ValueError("%s is not JSON" % text)

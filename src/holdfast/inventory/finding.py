"""Finding: a problem that knows its path in the inventory, and not yet its place in a file."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from holdfast.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from holdfast.inventory.path import Path


_FEW = 12  # can be listed
_MANY = 200  # can be searched, also for thousands of wrong words


class Finding(NamedTuple):
    """What a rule found, where in the inventory."""

    path: Path
    what: str
    hint: str = ""
    severity: Severity = Severity.ERROR


def meant(word: str, known: Collection[str]) -> str:
    """Return the hint that names the nearest of the known words, or all if they are few."""
    if not 0 < len(known) <= _MANY:
        return ""
    return _nearest(word, tuple(sorted(known)))


@lru_cache(maxsize=4096)
def _nearest(word: str, words: tuple[str, ...]) -> str:
    if near := get_close_matches(word, words, n=1):
        return f"did you mean `{near[0]}`?"
    if len(words) > _FEW:
        return ""
    return "known: " + ", ".join(f"`{each}`" for each in words)

"""What differs inside a change, field by field, for people. The only importer of deepdiff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from holdfast.plan.change import Change
    from holdfast.plan.resource import Attributes


@dataclass(frozen=True)
class Field:
    """One attribute on both sides; None where it is not there."""

    path: str
    before: object
    after: object


def fields(change: Change) -> tuple[Field, ...]:
    """Return the attributes that an update touches; empty exactly when before equals after.

    Lists are shown whole: which line of a cron entry moved where helps nobody.
    """
    return itemise(change.before or {}, change.after or {})


def itemise(before: Attributes, after: Attributes) -> tuple[Field, ...]:
    """Return every path at which two attribute sets differ, sorted."""
    from deepdiff import DeepDiff  # noqa: PLC0415  # 112 ms, and most plans show nothing

    # threshold 0: else two disjoint maps are reported as one changed root.
    tree = DeepDiff(before, after, threshold_to_diff_deeper=0, view="tree")
    found = {}
    for level in (item for group in tree.values() for item in group):
        keys = _keys(level.path(output_format="list"))
        found[".".join(keys)] = Field(".".join(keys), _at(before, keys), _at(after, keys))
    return tuple(found[path] for path in sorted(found))


def _keys(path: list[object]) -> tuple[str, ...]:
    """Return the leading map keys of a path; from the first list index on it is cut."""
    keys = []
    for part in path:
        if not isinstance(part, str):
            break
        keys.append(part)
    return tuple(keys)


def _at(value: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = cast("dict[str, object]", value)[key]
    return value

"""Fragment: a part of an inventory that somebody may add to theirs, and what to know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Section = Mapping[str, object] | Sequence[object]


@dataclass(frozen=True)
class Fragment:
    """Sections by name, as YAML would hold them; `notes` stand above them as comments."""

    sections: Mapping[str, Section]
    notes: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = field(default=())  # below: what is there and is not ours

"""Limit: how many bytes the backups of a datacenter may take up. Must not: count them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


class Limit(NamedTuple):
    """What the datacenter of a definition's source is held to."""

    datacenter: str
    total_size: int

    @classmethod
    def from_fields(cls, given: Fields) -> Limit | None:
        """Return the limit of a definition; one without has no such member."""
        if "limit" not in given.document:
            return None
        inner = given.inner("limit")
        return cls(inner.text("datacenter"), inner.whole("total_size"))

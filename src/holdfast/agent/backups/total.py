"""Sum: digest and size of a run of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


class Sum(NamedTuple):
    """Digest and size of a run of bytes."""

    sha256: str
    size: int

    @classmethod
    def from_fields(cls, given: Fields) -> Sum:
        """Return the sum that a document holds."""
        return cls(given.text("sha256"), given.whole("size"))

"""Strict: the one place that says how models behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Iterable


T = TypeVar("T")
# A YAML list; strict would refuse one for a tuple.
Many = Annotated[tuple[T, ...], Field(strict=False)]


class Strict(BaseModel):
    """A frozen mapping of known keys, each of exactly its type."""

    # Built when first needed: most models are parts of others, and never used by themselves.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    def exactly_one(self, keys: Iterable[str]) -> None:
        """Refuse unless just one of the keys is written."""
        written = [key for key in keys if key in self.model_fields_set]
        choice = " or ".join(f"`{key}`" for key in keys)
        if not written:
            raise Wrong(f"needs {choice}")
        if len(written) > 1:
            raise Wrong(f"has {' and '.join(f'`{key}`' for key in written)}", f"only {choice}")

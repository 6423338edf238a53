"""What a definition says by the inventory's defaults: raw, before it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.model.definition import USES

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fill:
    """Raw defaults, by the kind of definition that they are for."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self._all = dict(defaults)
        self._of: dict[str, dict[str, Any]] = {
            kind: {key: value for key, value in defaults.items() if key in uses}
            for kind, uses in USES.items()
        }

    def under(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a raw definition with the defaults that its kind uses beneath what it says."""
        if not self._all:
            return raw
        return {**self._of.get(self._kind(raw), self._all), **raw}

    def _kind(self, raw: Mapping[str, Any]) -> str:
        """Return the kind that a raw definition seems to be of; it may be wrong in any way."""
        sources = raw.get("sources")
        first = sources[0] if isinstance(sources, list) and sources else None
        if isinstance(first, str) and ":" not in first:
            return "loadmaster"
        if isinstance(first, dict) and "loadmasters" in first:
            return "loadmaster"
        return str(raw.get("type", self._all.get("type")))

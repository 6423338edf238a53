"""Address and Resource: the unit that the far end writes at once. Must not: know how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.problem import Place


class Address(NamedTuple):
    """Where a resource lives: `node/bkp01/definition/daily@web01:1`, `node/bkp01/agent`."""

    scope: str  # node or loadmaster
    target: str
    kind: str
    name: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


@dataclass(frozen=True)
class Resource:
    """An address and its canonical attributes: JSON values, equal exactly when their meaning is.

    `source` is the place that asked for it (desired side only). `previous` is the address it had
    before a rename. `unknown` names the attributes that only an apply can tell.
    """

    address: Address
    attributes: Mapping[str, object]
    source: Place | None = None
    previous: Address | None = None
    unknown: tuple[str, ...] = ()

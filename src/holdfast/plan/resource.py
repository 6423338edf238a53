"""Address and Resource: the unit that the far end writes at once. Must not: know how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from holdfast.problem import Place

Attributes = Mapping[str, object]

# The order in which kinds are made; they are taken away in the reverse one.
KINDS = (
    "agent",
    "identity",
    "reader",
    "storage",
    "secret",
    "loadmaster",
    "peer",
    "known",
    "definition",
    "lock",
)


class Address(NamedTuple):
    """Where a resource lives: `node/bkp01/definition/daily@web01:1`, `node/bkp01/agent`."""

    scope: str  # node or loadmaster
    target: str
    kind: str
    name: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)

    @classmethod
    def of(cls, text: str) -> Address:
        """Return the address that a text of that form names."""
        scope, target, kind, *name = text.split("/", 3)
        return cls(scope, target, kind, *name)


@dataclass(frozen=True)
class Resource:
    """An address and its canonical attributes: JSON values, equal exactly when their meaning is.

    `source` is the place that asked for it (desired side only). `previous` is the address it had
    before a rename. `unknown` names the attributes that only an apply can tell.
    """

    address: Address
    attributes: Attributes
    source: Place | None = None
    previous: Address | None = None
    unknown: tuple[str, ...] = ()


def order(address: Address) -> tuple[str, str, int, str]:
    """Return the key by which a plan lists what is of one sort: node by node, kinds as made."""
    return (address.scope, address.target, KINDS.index(address.kind), address.name)

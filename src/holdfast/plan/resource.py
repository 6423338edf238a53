"""Address and Resource: the unit that the far end writes at once. Must not: know how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from holdfast.problem import Place

Attributes = Mapping[str, object]

NODE, LOADMASTER = "node", "loadmaster"  # what an address can begin with

AUTOMATED = "automated-backup"
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
    "signer",
    "definition",
    "lock",
    AUTOMATED,
)


class Address(NamedTuple):
    """Where a resource lives: `node/bkp01/definition/daily@web01:1`, `loadmaster/lm-1/…`."""

    scope: str  # node or loadmaster
    target: str
    kind: str
    name: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)

    @property
    def far_end(self) -> str:
        """What holds it, read and refused as one: a node by its name, or `loadmaster/lm-1`."""
        return self.target if self.scope == NODE else f"{self.scope}/{self.target}"

    @property
    def named(self) -> tuple[str, str]:
        """Its kind and name in the words of the agent that looks after it."""
        return self.kind, self.name if self.scope == NODE else self.target

    @classmethod
    def of(cls, text: str) -> Address:
        """Return the address that a text of that form names."""
        scope, target, kind, *name = text.split("/", 3)
        return cls(scope, target, kind, *name)


@dataclass(frozen=True)
class Resource:
    """An address and its canonical attributes: JSON values, equal exactly when their meaning is.

    `source` is the place that asked for it (desired side only). `previous` is the address it had
    before a rename. `unknown` names the attributes that only an apply can tell. `connector` is the
    node whose agent reaches a LoadMaster's; what a node holds has none. `unseen`: what is there
    tells nothing, or could not be looked at, so it is written whatever it was.
    """

    address: Address
    attributes: Attributes
    source: Place | None = None
    previous: Address | None = None
    unknown: tuple[str, ...] = ()
    connector: str = ""
    unseen: bool = False


def order(address: Address) -> tuple[bool, str, int, str]:
    """Return the key by which a plan lists what is of one sort: node by node, kinds as made.

    LoadMasters come after the nodes that reach them.
    """
    return (address.scope != NODE, address.target, KINDS.index(address.kind), address.name)

"""Grant: what another node's definition may have of one disk here, as an apply wrote it.

The node that asks makes the same of its definition: where the two differ, neither is followed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Mapping, NamedTuple

from holdfast.agent import fields, names
from holdfast.agent.definition import GuestAgent, Source
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.transforms.recipe import COMPRESSIONS, Recipe

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout

# The fields of a definition, in its canonical form, that say how its disk is read.
FIELDS = (
    "source",
    "type",
    "freeze",
    "guest_agent",
    "consistency",
    "compression",
    "encrypt_to",
    "bandwidth_limit",
)


class Grant(NamedTuple):
    """One disk, and how it is read for one definition."""

    id: str
    source: Source
    type: str
    freeze: str
    guest_agent: GuestAgent | None
    consistency: str
    compression: str
    encrypt_to: tuple[str, ...]
    bandwidth_limit: int | None

    @property
    def name(self) -> str:
        """The definition's own name."""
        return self.id.partition("@")[0]

    @property
    def recipe(self) -> Recipe:
        """What is done to the bytes before they leave."""
        return Recipe(self.compression, self.encrypt_to, self.bandwidth_limit)

    def refuse_other(self, asked: Mapping[str, object], peer: str) -> None:
        """Raise Failed unless what is asked for is all that is granted, and nothing else."""
        granted = document(self)
        names_of_both = sorted(granted.keys() | asked.keys())
        differing = [name for name in names_of_both if asked.get(name) != granted.get(name)]
        if differing:
            raise Failed(
                "node %s asks for %s otherwise than it is granted, in %s: "
                "apply the inventory to both nodes" % (peer, self.id, ", ".join(differing))
            )


def document(wanted: Definition | Grant) -> dict[str, object]:
    """Return the fields of a definition that are granted, as they go over the wire."""
    agent = wanted.guest_agent
    return {
        "source": wanted.source.to_document(),
        "type": wanted.type,
        "freeze": wanted.freeze,
        "guest_agent": None if agent is None else {agent.kind: agent.place},
        "consistency": wanted.consistency,
        "compression": wanted.compression,
        "encrypt_to": list(wanted.encrypt_to),
        "bandwidth_limit": wanted.bandwidth_limit,
    }


def of_attributes(attributes: Mapping[str, object]) -> dict[str, object]:
    """Return the same of a definition's canonical attributes."""
    return {name: attributes[name] for name in FIELDS}


def from_fields(identity: str, given: Fields) -> Grant:
    """Return the grant of a definition's ID, or raise Malformed."""
    if not names.is_id(identity):
        raise Malformed("%s: %r is no ID" % (given.what, identity[:80]))
    if set(given.document) != set(FIELDS):
        raise Malformed("%s: its members are not %s" % (given.what, ", ".join(FIELDS)))
    return Grant(
        id=identity,
        source=Source.from_fields(given.inner("source")),
        type=given.one_of("type", "file", "dataset"),
        freeze=given.one_of("freeze", "off", "best-effort", "required"),
        guest_agent=GuestAgent.from_fields(given),
        consistency=given.one_of("consistency", "snapshot", "none"),
        compression=given.one_of("compression", *COMPRESSIONS),
        encrypt_to=given.texts("encrypt_to"),
        bandwidth_limit=given.whole_or_none("bandwidth_limit", 1),
    )


def find(layout: Layout, peer: str, identity: str) -> Grant:
    """Return what a peer may have for a definition; raise Failed where it may have nothing."""
    given = fields.load(os.path.join(layout.peers, peer + ".json"), "what node %s may do" % peer)
    granted = None if given is None else given.inner("definitions")
    if granted is None or identity not in granted.document:
        raise Failed(
            "node %s may have no disk here for %s: apply the inventory to this node"
            % (peer, identity)
        )
    return from_fields(identity, granted.inner(identity))

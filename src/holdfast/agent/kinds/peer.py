"""What other nodes may do here: each by its own key, through one door, for its definitions' disks.

What it may have is there before the key lets it in, and goes after it.
"""

from __future__ import annotations

import os

from holdfast.agent import lines, names
from holdfast.agent.failure import Failed
from holdfast.agent.setup import authorized, documents, peerkey

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return what each node may have, by its name; a key that is not let in so stands as it is."""
    layout = survey.layout
    documented, problems = documents.read(layout.peers, "peer", names.is_name)
    try:
        let_in = peerkey.nodes(layout)
    except Failed as error:
        hint = "put the markers of the block right by hand"
        return dict(documented), [*problems, lines.problem("peer", "", str(error), hint)]
    found: dict[str, object] = {}
    for node in sorted({*documented, *filter(names.is_name, let_in)}):
        attributes = documented.get(node, {"key": "", "from": [], "definitions": {}})
        found[node] = {**attributes, "key": _key(survey, node, attributes)}
    return found, problems


def _key(survey: Survey, node: str, attributes: dict[str, object]) -> object:
    """Return the key that lets a node in, or the lines where they are not as we write them."""
    key, addresses = attributes.get("key"), attributes.get("from")
    there = peerkey.of(survey.layout, node)
    if isinstance(key, str) and isinstance(addresses, list):
        wanted = peerkey.line(survey.layout, node, key, [str(each) for each in addresses])
        if there == (wanted,):
            return key
    return authorized.shown(there)


def apply(survey: Survey, op: Op) -> None:
    """Let a node have what it is granted, or let it in no more."""
    from holdfast.agent import atomic, canonical  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.fields import Fields  # noqa: PLC0415
    from holdfast.agent.peers import grant  # noqa: PLC0415

    layout = survey.layout
    file = os.path.join(layout.peers, op.name + ".json")
    if op.after is None:
        _loosen(survey, op.name, {})
        peerkey.remove(layout, op.name)
        atomic.remove(file)
        return
    given = Fields(op.after, "peer " + op.name)
    key, addresses, granted = given.text("key"), given.texts("from"), given.inner("definitions")
    if not authorized.is_key(key):
        raise given.refusal("key", "a public key without a comment")
    if not all(map(peerkey.is_address, addresses)):
        raise given.refusal("from", "a list of IP addresses")
    for identity in granted.document:
        grant.from_fields(identity, granted.inner(identity))
    _loosen(survey, op.name, granted.document)
    atomic.write(file, canonical.dumps(op.after) + "\n")
    peerkey.put(layout, op.name, key, list(addresses))


def _loosen(survey: Survey, node: str, granted: dict[str, object]) -> None:
    """Let go of what was held for a node on datasets that nobody reads from now on."""
    from holdfast.agent.setup import loosen  # noqa: PLC0415 - a read must not pay for it

    others = loosen.granted(survey.layout, node) | loosen.sources(survey.definitions.values())
    before = loosen.granted(survey.layout) | others
    after = loosen.sources(granted.values()) | others
    if before - after:
        loosen.loosen(survey.layout, before, after)

"""Addresses, resources and plans that the tests of plan and views share."""

from __future__ import annotations

from hypothesis import strategies as st

from holdfast.plan.resource import KINDS, Address, Resource

NAMES = st.sampled_from(["a", "b", "c", "daily@web01:1", "daily@db01:2"])
# Few, so that two sides are often equal or nearly so: True and 1 are where comparisons part.
_PLAIN = [None, True, False, 1, 0, -1, "", "1", "\n", "á|`<b>"]
_NESTED = [[], {}, [1], [True], [1, 1, 2], [1, 2], {"k": 1}, {"k": True}, {"k": {"": [0, None]}}]
VALUES = st.sampled_from(_PLAIN) | st.sampled_from(_NESTED) | st.text(max_size=3)
ADDRESSES = st.builds(
    Address, st.just("node"), st.sampled_from(["n1", "n2"]), st.sampled_from(KINDS), NAMES
)
ATTRIBUTES = st.dictionaries(st.sampled_from(["x", "y", "uuid", "marker"]), VALUES, max_size=3)


def resources() -> st.SearchStrategy[list[Resource]]:
    """Return lists of resources whose addresses differ."""
    return st.dictionaries(ADDRESSES, ATTRIBUTES, max_size=5).map(
        lambda found: [Resource(address, attributes) for address, attributes in found.items()]
    )


def definition(node: str = "bkp01", name: str = "daily@web01:1", **changed: object) -> Resource:
    """Return a definition as the node keeps it."""
    attributes: dict[str, object] = {
        "definition": name.split("@", maxsplit=1)[0],
        "was": [],
        "server": "web01",
        "disk": 1,
        "uuid": "6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5f",
        "source": {"kind": "image", "place": "/images/web01.raw", "node": node},
        "type": "file",
        "storage": "nas",
        "place": "/mnt/nas",
        "schedule": "0 2 * * *",
        "timezone": "Europe/Prague",
        "cron": ["0 * * * *"],
        "retention": {"last": 14},
        "active": True,
        "encrypt_to": [],
    }
    return Resource(Address("node", node, "definition", name), attributes | changed)

"""What an inventory wants on the nodes that answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent import definition as definitions
from holdfast.agent.fields import Fields
from holdfast.desired.node import Wishes, desired
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.plan.actual import Actual, Facts
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "a" * 64
FACTS = Facts(AGENT, "3.11.2", "Europe/Prague")
UUID = "6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5f"
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def sample() -> dict[str, Any]:
    return {
        "inventory": {"id": "x"},
        "nodes": {
            "n1": {"transport": "local", "root": "n1", "storages": {"s": {"path": "/b"}}},
            "n2": {"transport": "local", "root": "n2"},
        },
        "servers": {"web01": {"uuid": UUID, "node": "n1", "disks": {"1": {"image": "/i.raw"}}}},
        "definitions": [
            {
                "name": "daily",
                "sources": ["web01:1"],
                "type": "file",
                "node": "n1",
                "storage": "s",
                "schedule": "H H * * *",
                "timezone": "Europe/Prague",
                "retention": 3,
                "encrypt_to": "none",
            }
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inventory"


def wishes(
    folder: Path, document: dict[str, Any], secrets: frozenset[Address] = frozenset()
) -> Wishes:
    folder.mkdir(exist_ok=True)
    (folder / "inventory.yaml").write_text(json.dumps(document, indent=1), encoding="utf-8")
    found = load(folder)
    return Wishes(found, promises(found), AGENT, secrets=secrets)


def wanted(subject: Wishes, *actual: Actual) -> dict[str, Any]:
    """Return what is wanted by address: attributes, or why nothing can be said."""
    found: dict[str, Any] = {}
    for item in desired(subject, actual):
        if isinstance(item, Resource):
            found[str(item.address)] = item.attributes
        elif isinstance(item, Unknown):
            found[str(item.address)] = item.reason
    return found


def test_only_nodes_that_answered_are_wanted_anything_of(folder: Path) -> None:
    found = wanted(wishes(folder, sample()), Actual("n2", FACTS))
    assert all(address.startswith("node/n2/") for address in found)
    assert found["node/n2/agent"]["cron_file"] == "absent"


def test_every_field_of_a_definition_is_there(folder: Path) -> None:
    found = wanted(wishes(folder, sample()), Actual("n1", FACTS))
    attributes = found["node/n1/definition/daily@web01:1"]
    minute, hour, *rest = attributes["schedule"].split()
    assert minute.isdigit()
    assert hour.isdigit()
    assert rest == ["*", "*", "*"]
    assert attributes["cron"] == [attributes["schedule"]], "one zone needs one line"
    assert attributes["source"] == {"kind": "image", "place": "/i.raw", "node": "n1"}
    assert (attributes["uuid"], attributes["place"], attributes["was"]) == (UUID, "/b", [])
    assert (attributes["retention"], attributes["encrypt_to"]) == ({"last": 3}, [])
    assert found["node/n1/agent"]["cron_file"] == "ok"


def test_a_definition_that_is_off_fires_nowhere(folder: Path) -> None:
    document = sample()
    document["definitions"][0]["active"] = "false"
    found = wanted(wishes(folder, document), Actual("n1", FACTS))
    assert found["node/n1/definition/daily@web01:1"]["cron"] == []
    assert found["node/n1/agent"]["cron_file"] == "absent"


def test_a_retired_node_is_wanted_nothing_of(folder: Path) -> None:
    document = sample()
    document["nodes"]["n2"]["retired"] = "true"
    found = wanted(wishes(folder, document), Actual("n1", FACTS), Actual("n2", FACTS))
    assert not [address for address in found if address.startswith("node/n2/")]
    assert found["node/n1/agent"]["nodes"] == ["n1"]


def test_a_node_that_cannot_tell_is_wanted_only_an_agent_of(folder: Path) -> None:
    mute = Facts(None, "3.11.2", "UTC", "no agent to read them")
    found = wanted(wishes(folder, sample()), Actual("n1", mute))
    assert found.pop("node/n1/agent")["sha256"] == AGENT
    assert "node/n1/definition/daily@web01:1" in found
    assert set(found.values()) == {"no agent to read them"}


def test_earlier_names_only_grow(folder: Path) -> None:
    document = sample()
    document["definitions"][0].update(name="nightly", was=["daily"])
    old = Address("node", "n1", "definition", "daily@web01:1")
    held = Resource(old, {"was": ["oldest@web01:1", "nightly@web01:1"]})
    (found,) = [
        item
        for item in desired(wishes(folder, document), [Actual("n1", FACTS, (held,))])
        if isinstance(item, Resource) and item.address.kind == "definition"
    ]
    assert found.previous == old
    assert found.attributes["was"] == ["daily@web01:1", "oldest@web01:1"]


def test_a_node_that_the_inventory_lost_stays_in_mind(folder: Path) -> None:
    held = Resource(Address("node", "n1", "agent"), {"nodes": ["n1", "n2", "lost"]})
    found = wanted(wishes(folder, sample()), Actual("n1", FACTS, (held,)))
    assert found["node/n1/agent"]["nodes"] == ["lost", "n1", "n2"]


def test_a_loadmaster_s_promise_is_kept_by_its_connector(folder: Path) -> None:
    document = sample()
    document["loadmasters"] = {
        "lm1": {
            "address": "https://10.0.0.5",
            "connector": "n1",
            "api_key": "env/X",
            "tls": {"sha256": "9f" * 32},
        }
    }
    rule = {"schedule": "0 1 * * *", "retention": 3, "encrypt_to": "none", "storage": "s"}
    document["definitions"].append({"name": "nightly", "sources": ["lm1"], "base_every": 5, **rule})
    found = wanted(wishes(folder, document), Actual("n1", FACTS))
    assert found["node/n1/secret/lm1.api_key"] == "env/X is not set here"
    attributes = found["node/n1/definition/nightly@lm1"]
    assert attributes["source"] == {"kind": "loadmaster", "place": "lm1", "node": "n1"}
    assert (attributes["loadmaster"], attributes["type"]) == ("lm1", "loadmaster")
    assert not {"server", "disk", "uuid"} & set(attributes)
    known = definitions.from_fields("nightly@lm1", Fields(attributes, "nightly@lm1"))
    assert (known.folder, known.base_every) == ("lm1", 5)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Wishes:
    document = sample()
    document["definitions"][0]["was"] = ["earlier"]
    return wishes(tmp_path_factory.mktemp("odd"), document)


@given(odd=ODD)
def test_whatever_a_node_holds_something_is_wanted(renamed: Wishes, odd: object) -> None:
    held = [
        Resource(Address("node", "n1", "agent"), {"nodes": odd, "key": odd}),
        Resource(Address("node", "n1", "identity"), {"key": odd}),
        Resource(Address("node", "n1", "definition", "earlier@web01:1"), {"was": odd}),
    ]
    found = wanted(renamed, Actual("n1", FACTS, tuple(held)))
    json.dumps(found)
    assert "node/n1/definition/daily@web01:1" in found

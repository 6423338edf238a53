"""`backup list --datacenter`: what belongs to one by itself, by its node, or by its connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.shelf import listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow

DISKS = ("daily@web01:1", "weekly@web01:2", "daily@db01:1")


@pytest.fixture
def spread(managed: Desk) -> dict[str, str]:
    """Return a backup of each source; n1 is the connector, and in a datacenter; n2 is in none."""
    nightly = {"name": "nightly", "sources": ["lm-1"], "storage": "local", "schedule": "15 1 * * *"}
    managed.inventory["definitions"].append({**nightly, "retention": "9", "encrypt_to": "none"})
    managed.inventory["datacenters"] = {"prg": {}, "brq": {}, "empty": {}}
    place(managed, node="prg", web01="prg", db01="brq")
    managed.apply()
    identities = (*DISKS, "nightly@lm-1")
    return {identity.rpartition("@")[2]: made(managed, identity) for identity in identities}


def place(desk: Desk, node: str, **servers: str) -> None:
    """Put n1 and servers into datacenters."""
    desk.inventory["nodes"]["n1"]["datacenter"] = node
    for name, datacenter in servers.items():
        desk.inventory["servers"][name]["datacenter"] = datacenter
    desk.write()


def test_a_datacenter_lists_what_is_its_own(managed: Desk, spread: dict[str, str]) -> None:
    def sources(*words: str) -> list[str]:
        names = [row["name"] for row in listed(managed, *words)]
        assert set(names) <= set(spread.values())
        return [name.rpartition("/")[0] for name in names]

    assert sources() == ["db01:1", "lm-1", "web01:1", "web01:2"]
    # By what the servers say, whose node need not be in any; the LoadMaster by its connector.
    assert sources("--datacenter", "prg") == ["lm-1", "web01:1", "web01:2"]
    assert sources("--datacenter", "brq") == ["db01:1"]
    assert sources("--datacenter", "empty") == []
    assert sources("--datacenter", "prg", "--disk", "2") == ["web01:2"]
    place(managed, node="brq", web01="brq", db01="prg")
    assert sources("--datacenter", "prg") == ["db01:1"]
    assert sources("--datacenter", "brq") == ["lm-1", "web01:1", "web01:2"]
    assert sources("--datacenter", "brq", "--node", "n2") == []
    ran = managed.run("backup", "list", "--datacenter", "nosuch", "--format", "json")
    assert ran == (1, "", "there is no datacenter nosuch in the inventory\n")


def test_a_server_on_a_node_of_a_datacenter_says_that_it_is_in_it(managed: Desk) -> None:
    managed.inventory["datacenters"] = {"prg": {}}
    place(managed, node="prg")
    ran = managed.run("backup", "list", "--datacenter", "prg")
    assert (ran.code, "is in datacenter `prg`, the server is not" in ran.err) == (1, True)

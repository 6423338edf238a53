"""Two nodes that keep backups in one storage know each other's, whatever becomes of their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.shelf import made

if TYPE_CHECKING:
    from cli.desk import Desk

ID = "weekly@web01:2"


@pytest.fixture
def shared(fresh: Desk) -> Desk:
    """Return two nodes at which the same share is mounted."""
    (fresh.node("n2/mnt")).rmdir()
    (fresh.node("n2/mnt")).symlink_to(fresh.node("n1/mnt"))
    for node in fresh.inventory["nodes"].values():
        node["storages"]["nas"] = {"path": "/mnt/nas", "shared": True}
    fresh.apply()
    assert fresh.run("plan", "--detailed-exitcode").code == 0
    return fresh


def verified(desk: Desk, name: str, node: str) -> str:
    ran = desk.run("backup", "verify", name, "--node", node)
    return ran.out if ran.code == 0 else f"{ran.code}: {ran.out}{ran.err}"


def test_one_apply_tells_each_the_keys_of_the_others(shared: Desk) -> None:
    planned = shared.inventory["nodes"]["n2"]["storages"]
    name = made(shared, ID)
    assert ": ok: " in verified(shared, name, "n2")
    faults = {(b["node"], b["fault"]) for b in listed(shared)}
    assert faults == {("n1", ""), ("n2", "")}
    planned["nas"]["shared"] = False
    shared.apply()
    said = verified(shared, name, "n2")
    assert "signed by a stranger" in said
    assert "`shared: true`" in said


def listed(desk: Desk) -> list[dict[str, str]]:
    found: list[dict[str, str]] = desk.ok("backup", "list", "--format", "json").json["backups"]
    return found


def test_what_an_earlier_key_signed_stays_signed(shared: Desk) -> None:
    name = made(shared, ID)
    shared.node("n1/etc/holdfast/lab/identity").unlink()
    shared.apply()
    assert shared.run("plan", "--detailed-exitcode").code == 0
    later = made(shared, ID)
    for each in (name, later):
        for node in ("n1", "n2"):
            assert ": ok: " in verified(shared, each, node)


def test_a_node_that_left_the_inventory_leaves_its_word(shared: Desk) -> None:
    name = made(shared, ID)
    shared.inventory["nodes"]["n1"]["retired"] = True
    shared.inventory["definitions"] = shared.inventory["definitions"][1:2]
    shared.ok("plan")
    shared.write()
    ran = shared.run("plan")
    words = [word for word in ran.out.split() if word.startswith("forget@")]
    shared.ok("apply", "--auto-approve", *(f"--accept={word}" for word in words))
    assert ": ok: " in verified(shared, name, "n2")

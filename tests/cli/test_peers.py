"""Disks of another node, from the YAML to the bytes: one apply introduces, the next one parts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.desk import consent

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

KEYS = "n1/root/.ssh/authorized_keys"
GRANTS = "n1/etc/holdfast/lab/peers/n2.json"
KNOWN = "n2/etc/holdfast/lab/known/n1.json"
ID = "daily@web01:1"


@pytest.fixture
def apart(fresh: Desk) -> Desk:
    """Return nodes, not applied yet, of which n2 is to back up a disk of n1."""
    fresh.inventory["definitions"][0]["node"] = "n2"
    return fresh.write()


@pytest.fixture
def introduced(apart: Desk) -> Desk:
    apart.apply()
    return apart


def converge(desk: Desk) -> None:
    """Apply what is written; nothing is left to do after that."""
    desk.apply()
    desk.ok("plan", "--detailed-exitcode")
    desk.ok("drift")


def give_up(desk: Desk) -> None:
    """Apply what leaves a disk without a definition, which has to be meant."""
    refused = desk.write().run("apply", "--auto-approve")
    assert refused.code == 10
    desk.ok("apply", "--auto-approve", "--accept", consent(refused.out, "forget"))
    desk.ok("plan", "--detailed-exitcode")


def backed_up(desk: Desk) -> None:
    desk.ok("backup", "now", ID)
    (stored,) = desk.node("n2/backup/web01/disk1").glob("*.img")
    assert stored.read_bytes() == desk.node("n1/images/web.raw").read_bytes()


def test_one_apply_introduces_both(apart: Desk) -> None:
    planned = apart.ok("plan")
    assert "node/n1/peer/n2" in planned.out
    assert "disks for daily@web01:1, key (known after apply)" in planned.out
    assert "n1:/images/web.raw → local" in planned.out
    converge(apart)
    key = json.loads(apart.node(GRANTS).read_text())["key"]
    assert f'command="/opt/holdfast/holdfast-agent peer lab n2" {key} ' in (
        apart.node(KEYS).read_text()
    )
    backed_up(apart)


def test_whose_disk_it_is_is_explained(apart: Desk) -> None:
    assert "read      from node n1, over SSH" in apart.ok("explain", ID).out
    assert apart.ok("explain", ID, "--format", "json").json["read_from"] == "n1"
    assert "read " not in apart.ok("explain", "daily@db01:1").out


def test_a_plan_that_was_saved_before_the_keys_are_made_is_applied(apart: Desk) -> None:
    apart.ok("plan", "-o", "saved.json")
    apart.ok("apply", "saved.json")
    apart.ok("plan", "--detailed-exitcode")
    backed_up(apart)


def test_without_its_node_a_key_is_not_known_and_nothing_is_taken_away(introduced: Desk) -> None:
    planned = introduced.ok("plan", "--target", "node/n1/*")
    assert "node/n1/peer/n2: the key of node n2 is not known: it was not read" in planned.out
    assert "0 to forget" in planned.out
    assert "to delete" not in planned.out


def test_what_is_edited_on_either_side_is_drift_and_mended(introduced: Desk) -> None:
    for path, before, after in (
        (GRANTS, '"compression":"off"', '"compression":"gzip"'),
        (KNOWN, '"me":"n2"', '"me":"n3"'),
        (KEYS, "restrict,", ""),
    ):
        file = introduced.node(path)
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))
        assert introduced.run("drift").code == 2
        converge(introduced)
        assert file.read_text() == text


def test_a_new_key_of_a_node_is_let_in_by_the_same_apply(introduced: Desk) -> None:
    introduced.node("n2/etc/holdfast/lab/identity").unlink()
    converge(introduced)
    backed_up(introduced)


def test_a_definition_that_is_forgotten_takes_its_grant_along(introduced: Desk) -> None:
    del introduced.inventory["definitions"][0]
    give_up(introduced)
    assert not introduced.node(GRANTS).exists()
    assert not introduced.node(KNOWN).exists()
    assert "peer lab" not in introduced.node(KEYS).read_text()


def test_a_definition_that_comes_home_needs_nobody(introduced: Desk) -> None:
    introduced.inventory["definitions"][0]["node"] = "n1"
    converge(introduced)
    assert not introduced.node(GRANTS).exists()
    introduced.ok("backup", "now", ID)


def test_a_node_that_retires_is_let_in_no_more(introduced: Desk) -> None:
    introduced.inventory["definitions"] = introduced.inventory["definitions"][2:]
    introduced.inventory["nodes"]["n2"]["retired"] = "true"
    del introduced.inventory["servers"]["db01"]
    converge(introduced)
    assert not introduced.node(GRANTS).exists()
    assert not introduced.node("n2/etc/holdfast").exists()


def test_an_inventory_that_is_renamed_keeps_its_doors(introduced: Desk) -> None:
    introduced.inventory["inventory"] = {"id": "lab2", "was": ["lab"]}
    converge(introduced)
    keys = introduced.node(KEYS).read_text()
    assert "peer lab2 n2" in keys
    assert "holdfast-lab\n" not in keys
    backed_up(introduced)

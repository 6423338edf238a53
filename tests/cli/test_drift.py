"""`drift`: what somebody changed by hand, told apart from what the inventory asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

CRON = "n1/etc/cron.d/holdfast-lab"
CRONTAB = "n2/var/spool/cron/crontabs/root"
DEFINITION = "n1/etc/holdfast/lab/definitions/daily@web01:1.json"


def edit(desk: Desk, path: str, before: str, after: str) -> None:
    file = desk.node(path)
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def lose_entry(desk: Desk) -> str:
    lines = desk.node(CRON).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if "daily@web01:1" not in line)
    desk.node(CRON).write_text(kept, encoding="utf-8")
    return "node/n1/definition/daily@web01:1"


def lose_file(desk: Desk) -> str:
    desk.node(CRON).unlink()
    return "node/n1/agent"


def change_crontab(desk: Desk) -> str:
    edit(desk, CRONTAB, "0 3,4 * * *", "9 9 * * *")
    return "node/n2/definition/daily@db01:1"


def change_definition(desk: Desk) -> str:
    edit(desk, DEFINITION, '"last":14', '"last":1')
    return "node/n1/definition/daily@web01:1"


def damage_definition(desk: Desk) -> str:
    desk.node(DEFINITION).write_text("{", encoding="utf-8")
    return "node/n1/definition/daily@web01:1"


def add_definition(desk: Desk) -> str:
    document = json.loads(desk.node(DEFINITION).read_text(encoding="utf-8"))
    path = desk.node(DEFINITION).with_name("mine@web01:1.json")
    path.write_text(json.dumps({**document, "definition": "mine"}), encoding="utf-8")
    return "node/n1/definition/mine@web01:1"


EDITS = [
    lose_entry,
    lose_file,
    change_crontab,
    change_definition,
    damage_definition,
    add_definition,
]


@pytest.mark.parametrize("hand", EDITS, ids=lambda hand: hand.__name__)
def test_what_a_hand_did_is_drift_and_apply_repairs_it(
    settled: Desk, hand: Callable[[Desk], str]
) -> None:
    address = hand(settled)
    ran = settled.run("drift")
    assert ran.code == 2
    assert address in ran.out
    assert "[drift" in ran.out
    found = settled.run("drift", "--format", "json").json
    assert address in [entry["address"] for entry in found["resource_changes"]]
    settled.apply()
    assert settled.ok("drift").out.startswith("No drift")
    assert settled.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")


def test_what_the_inventory_asks_for_is_no_drift(settled: Desk) -> None:
    settled.inventory["definitions"][0]["description"] = "new"
    settled.write()
    assert settled.ok("drift").out.startswith("No drift")
    ran = settled.run("drift", "--pending")
    assert ran.code == 2
    assert "[change]" in ran.out


def test_one_line_can_be_both(settled: Desk) -> None:
    change_definition(settled)
    settled.inventory["definitions"][0]["description"] = "new"
    ran = settled.write().run("drift", "--format", "json")
    assert ran.code == 2
    (entry,) = ran.json["resource_changes"]
    assert entry["causes"] == ["change", "drift"]


def test_drift_speaks_of_no_guard(settled: Desk) -> None:
    settled.inventory["definitions"] = settled.inventory["definitions"][:1]
    settled.write()
    assert "forget@" in settled.ok("plan").out
    ran = settled.ok("drift")
    assert "refused" not in ran.out
    assert "forgotten" not in ran.out
    assert "refused" in settled.run("drift", "--pending").out


def test_drift_is_the_same_in_each_shape(settled: Desk) -> None:
    address = change_crontab(settled)
    for shape in ("human", "json", "markdown"):
        ran = settled.run("drift", "--format", shape)
        assert ran.code == 2
        assert address in ran.out


def test_a_node_that_cannot_be_read_is_never_without_drift(settled: Desk) -> None:
    settled.node("n1").rename(settled.node("elsewhere"))
    ran = settled.run("drift")
    assert ran.code == 3
    assert "node/n1: there is no directory" in ran.out
    assert "No drift" not in ran.out

"""A saved plan is carried out only where it is still true, and only if it is whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.agent import canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

CRON = "n1/etc/cron.d/holdfast-lab"


@pytest.fixture
def saved(settled: Desk) -> Desk:
    """Return a desk with a plan of a change on each node."""
    for definition in settled.inventory["definitions"][:2]:
        definition["description"] = "new"
    settled.write().ok("plan", "-o", "saved.json")
    return settled


def edit(desk: Desk, change: Callable[[dict[str, Any]], None], *, seal: bool = False) -> None:
    path = desk.node("saved.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    if seal:
        document.pop("checksum")
        document["checksum"] = canonical.digest(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_node_that_was_changed_is_refused_and_the_others_go_on(saved: Desk) -> None:
    cron = saved.node(CRON)
    cron.write_text(cron.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    before = saved.node("n1/etc/holdfast/lab/definitions/daily@web01:1.json").read_bytes()
    ran = saved.run("apply", "saved.json")
    assert ran.code == 13
    assert ran.out.endswith("Apply: 1 done, 0 failed, 1 stale, 0 skipped.\n")
    assert "stale    ~ update   node/n1/definition/daily@web01:1: what is there" in ran.err
    assert "done     ~ update   node/n2/definition/daily@db01:1\n" in ran.err
    assert saved.node("n1/etc/holdfast/lab/definitions/daily@web01:1.json").read_bytes() == before


def test_a_node_that_is_gone_is_not_called_stale(saved: Desk) -> None:
    saved.node("n1").rename(saved.node("elsewhere"))
    ran = saved.run("apply", "saved.json")
    assert ran.code == 3
    assert "failed   ~ update   node/n1/definition/daily@web01:1: there is no directory" in ran.err
    assert "done     ~ update   node/n2/definition/daily@db01:1\n" in ran.err


def test_an_inventory_that_was_changed_is_refused(saved: Desk) -> None:
    saved.inventory["definitions"][0]["retention"] = 20
    ran = saved.write().run("apply", "saved.json")
    assert ran.code == 13
    assert ran.out.endswith("Apply: 1 done, 0 failed, 1 stale, 0 skipped.\n")


def test_a_line_moved_in_the_inventory_changes_nothing(saved: Desk) -> None:
    path = saved.node("inventory/inventory.yaml")
    path.write_text("# a remark\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert saved.ok("apply", "saved.json").out.endswith(
        "Apply: 2 done, 0 failed, 0 stale, 0 skipped.\n"
    )


def test_a_plan_is_not_applied_twice(saved: Desk) -> None:
    saved.ok("apply", "saved.json")
    ran = saved.run("apply", "saved.json")
    assert (ran.code, "0 done, 0 failed, 2 stale" in ran.out) == (13, True)


def test_a_plan_of_another_inventory_is_refused(saved: Desk) -> None:
    saved.inventory["inventory"]["id"] = "other"
    before = saved.write().tree()
    ran = saved.run("apply", "saved.json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "the plan is of inventory lab, this one is other\n"
    assert saved.tree() == before


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "attribute": lambda d: d["resource_changes"][0]["change"]["after"].update(schedule="* * * * *"),
    "check": lambda d: d["checks"][0].update(rule="other"),
    "scope": lambda d: d["scope"].update(filters=["--target x"]),
    "fingerprint": lambda d: d["fingerprints"].clear(),
    "problem": lambda d: d["problems"].append(1),
    "member": lambda d: d.update(extra=1),
    "change": lambda d: d["resource_changes"].pop(),
    "inventory": lambda d: d["inventory"].update(id="other"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_plan_is_refused(saved: Desk, name: str) -> None:
    edit(saved, EDITS[name])  # type: ignore[arg-type]  # what an edit returns is nobody's concern
    for words in (["apply", "saved.json"], ["show", "saved.json"]):
        ran = saved.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert "altered after it was made" in ran.err


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["resource_changes"][0]["change"].update(actions=["explode"]),
        lambda d: d["resource_changes"][0].update(address="nowhere"),
        lambda d: d.update(resource_changes=None),
        lambda d: d["problems"].append({}),
        lambda d: d["scope"].pop("unreachable"),
    ],
)
def test_a_plan_that_was_forged_badly_is_no_plan(
    saved: Desk, change: Callable[[dict[str, Any]], None]
) -> None:
    edit(saved, change, seal=True)
    ran = saved.run("apply", "saved.json")
    assert (ran.code, ran.out, ran.err.startswith("saved.json: not a plan")) == (1, "", True)


def test_half_a_plan_is_no_plan(saved: Desk) -> None:
    path = saved.node("saved.json")
    path.write_bytes(path.read_bytes()[:-100])
    assert saved.run("apply", "saved.json").err.startswith("saved.json: not a plan")

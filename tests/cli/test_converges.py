"""After an apply a plan is empty, whatever the inventory says and said before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cli.desk import consent

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.desk import Desk

    Edit = Callable[[dict[str, Any], Desk], object]

pytestmark = pytest.mark.slow  # each test starts many agents


def changed(**members: Any) -> Edit:
    return lambda inventory, _: [d.update(members) for d in inventory["definitions"]]


def node(**members: Any) -> Edit:
    return lambda inventory, _: [n.update(members) for n in inventory["nodes"].values()]


def zone(name: str) -> Edit:
    def edit(_inventory: dict[str, Any], desk: Desk) -> None:
        for root in ("n1", "n2"):
            desk.node(f"{root}/etc/timezone").write_text(f"{name}\n", encoding="utf-8")

    return edit


def moved(inventory: dict[str, Any], _desk: Desk) -> None:
    inventory["nodes"]["n1"]["storages"]["local"]["path"] = "/elsewhere"


def no_definitions(inventory: dict[str, Any], _desk: Desk) -> None:
    inventory["definitions"] = []


def renamed(inventory: dict[str, Any], _desk: Desk) -> None:
    inventory["inventory"] = {"id": "lab2", "was": ["lab"]}
    inventory["servers"]["www1"] = {**inventory["servers"].pop("web01"), "was": ["web01"]}
    for definition in inventory["definitions"]:
        definition["sources"] = [name.replace("web01", "www1") for name in definition["sources"]]
    inventory["definitions"][0].update(name="nightly", was=["daily"])


def another_machine(inventory: dict[str, Any], _desk: Desk) -> None:
    inventory["servers"]["web01"]["uuid"] = "0b9e7d64-2f1c-4a8b-9c3d-5e6f708192a3"


def only_loadmaster(inventory: dict[str, Any], _desk: Desk) -> None:
    inventory["loadmasters"] = {
        "lm1": {
            "address": "https://127.0.0.1:9",
            "connector": "n2",
            "api_key": "file/key",
            "tls": {"sha256": "9f" * 32},
        }
    }
    _desk.node("key").write_text("canary", encoding="utf-8")


EDITS: dict[str, list[Edit]] = {
    "disabled": [changed(active="false"), changed(active="true")],
    "other cron": [node(cron="crontab"), node(cron="cron.d")],
    "zones": [
        changed(timezone="Australia/Lord_Howe"),
        zone("America/Sao_Paulo"),
        changed(timezone="Pacific/Chatham"),
    ],
    "schedules": [
        changed(schedule="H H(1-4) * * *"),
        changed(schedule="*/7 0-5 1,15 * *"),
        changed(schedule="0 0 * jan-mar mon"),
    ],
    "retention": [
        changed(retention={"last": 1, "hourly": 2, "yearly": 3}),
        changed(retention={"monthly": 3}),
    ],
    "words": [changed(description="50 % of \"it\" → \\ 'x' $HOME `id` 🗄"), changed(description="")],
    "times": [changed(catch_up="6h", timeout="90m", queue_timeout="30m", bandwidth_limit="5MiB/s")],
    "packed": [changed(compression="gzip"), changed(compression="xz")],
    "slots": [node(slots=5)],
    "moved": [moved],
    "no definitions": [no_definitions],
    "renamed": [renamed],
    "another machine": [another_machine],
    "two steps at once": [moved, renamed, changed(active="false")],
}


def settle(desk: Desk) -> None:
    ran = desk.write().run("apply", "--auto-approve")
    if ran.code == 10:
        ran = desk.run("apply", "--auto-approve", "--accept", consent(ran.out, "forget"))
    assert ran.code == 0, ran
    assert desk.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")
    assert desk.ok("drift").out.startswith("No drift")


QUICK = ("renamed", "disabled")  # the others run in CI


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in EDITS]
)
def test_an_applied_inventory_has_an_empty_plan(settled: Desk, name: str) -> None:
    for edit in EDITS[name]:
        edit(settled.inventory, settled)
        settle(settled)


def test_definitions_that_cannot_be_kept_do_not_keep_a_plan_from_ending(settled: Desk) -> None:
    only_loadmaster(settled.inventory, settled)
    del settled.inventory["definitions"][1]
    nightly = {"name": "nightly", "sources": ["lm1"], "storage": "local", "schedule": "0 1 * * *"}
    nightly |= {"retention": 3, "encrypt_to": "none"}
    settled.inventory["definitions"].append(nightly)
    ran = settled.write().run("plan")
    word = consent(ran.out, "forget")
    settled.run("apply", "--auto-approve", "--accept", word)
    assert settled.run("plan", "--format", "json").json["resource_changes"] == []


@pytest.mark.slow
def test_a_node_can_be_retired_and_come_back(settled: Desk) -> None:
    whole = settled.inventory["definitions"]
    settled.inventory["definitions"] = [whole[0], whole[2]]
    settled.inventory["nodes"]["n2"]["retired"] = "true"
    settle(settled)
    settled.inventory["definitions"] = whole
    settled.inventory["nodes"]["n2"]["retired"] = "false"
    settle(settled)

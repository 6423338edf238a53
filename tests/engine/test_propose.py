"""A plan depends on what the inventory says and the nodes answer, not on the order of either."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.make import AGENT, answers
from holdfast.desired.node import Wishes
from holdfast.engine import decode
from holdfast.engine.observe import Observation
from holdfast.engine.propose import propose
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.plan import planfile
from holdfast.plan.actual import Unread
from holdfast.plan.scope import Scope
from holdfast.problem import Place
from holdfast.views.human import human
from holdfast.views.markdown import markdown

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from holdfast.plan.plan import Plan

NODES = ("n1", "n2", "n3")
RULES = {"type": "file", "encrypt_to": "none", "retention": 3, "schedule": "H 2 * * *"}


def inventory() -> dict[str, Any]:
    """Return what all orders are of: three nodes, six servers, definitions of many kinds."""
    uuid = "6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5"
    servers = {
        f"s{n}": {"uuid": f"{uuid}{n}", "node": NODES[n % 3], "disks": {"1": {"image": f"/s{n}"}}}
        for n in range(6)
    }
    device = {"address": "https://10.0.0.5", "api_key": "env/NONE", "tls": {"sha256": "9f" * 32}}
    return {
        "inventory": {"id": "x"},
        "nodes": {
            name: {
                "transport": "local",
                "root": name,
                "storages": {"a": {"path": "/a"}, "b": {"path": "/b"}},
            }
            for name in NODES
        },
        "servers": servers,
        "loadmasters": {
            f"lm{n}": {**device, "connector": "n1", "address": f"https://10.0.0.{n}"}
            for n in range(1, 4)
        },
        "definitions": [
            *(
                {**RULES, "name": name, "node": node, "storage": "a", "sources": [f"s{n}:1"]}
                for name in ("daily", "weekly")
                for n, node in ((n, NODES[n % 3]) for n in range(6))
            ),
            *(
                {
                    "name": "nightly",
                    "sources": [f"lm{n}"],
                    "storage": "b",
                    "schedule": "0 1 * * *",
                    "retention": 3,
                    "encrypt_to": "none",
                }
                for n in range(1, 4)
            ),
        ],
    }


EDITS: dict[str, Any] = {
    "n1": {
        "resources": {
            "storage/b": {"attributes": {"marker": "missing"}},
            "agent": {"attributes": {"nodes": ["n1", "n8", "n9"]}},
            "definition/daily@s0:1": {"attributes": {"schedule": "1 1 * * *"}},
        },
        "extra": [
            {
                "type": "problem",
                "kind": "definition",
                "name": name,
                "what": "odd",
                "hint": "",
                "severity": "warning",
            }
            for name in ("b@x:1", "a@x:1")
        ],
    },
    "n2": {"resources": {"agent": {"attributes": {"nodes": ["n9", "n2"]}}}},
}


def split(folder: Path, whole: dict[str, Any], random: Random) -> None:
    """Write an inventory to files in some order, entries shuffled and spread over the files."""
    files: list[dict[str, Any]] = [{} for _ in range(random.randint(1, 4))]
    pieces: list[tuple[str, Any]] = [("inventory", whole["inventory"])]
    pieces += [("definitions", [entry]) for entry in whole["definitions"]]
    pieces += [
        (section, {name: whole[section][name]})
        for section in ("nodes", "servers", "loadmasters")
        for name in whole[section]
    ]
    random.shuffle(pieces)
    for section, content in pieces:
        file = random.choice(files)
        if isinstance(content, list):
            file.setdefault(section, []).extend(content)
        else:
            file.setdefault(section, {}).update(content)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for number, file in enumerate(file for file in files if file):
        path = folder / f"{random.randint(0, 99):02}-{number}.yaml"
        path.write_text(json.dumps(file, indent=1), encoding="utf-8")


def plan_of(folder: Path, random: Random) -> Plan:
    """Return the plan against nodes whose answers come in any order."""
    found = load(folder)
    wishes = Wishes(found, promises(found), AGENT)
    said = list(answers(wishes, EDITS).items())
    random.shuffle(said)
    actual = []
    for node, (hello, *lines) in said:
        if node != "n3":
            random.shuffle(lines)
            actual.append(decode.actual(node, [hello, *lines]))
    unread = [Unread("n3", "cable", 3)]
    return propose(wishes, Observation(tuple(actual), tuple(unread)), Scope())


def placeless(plan: Plan) -> Plan:
    """Return a plan that names no lines: they move when entries do, and that is right."""
    of_nodes = [problem for problem in plan.problems if not isinstance(problem.where, Place)]
    of_lines = [replace(p, where="") for p in plan.problems if isinstance(p.where, Place)]
    return replace(
        plan,
        changes=tuple(replace(change, source=None) for change in plan.changes),
        problems=(*sorted(of_lines, key=lambda problem: problem.path), *of_nodes),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("order")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_no_order_changes_a_plan(folder: Path, random: Random) -> None:
    (folder / "x").mkdir(exist_ok=True)
    first = folder / "x" / "inventory.yaml"
    for old in (folder / "x").glob("*"):
        old.unlink()
    first.write_text(json.dumps(inventory(), indent=1), encoding="utf-8")
    straight = placeless(plan_of(folder / "x", random))
    assert straight.problems
    assert straight.changes
    split(folder / "x", inventory(), random)
    other = placeless(plan_of(folder / "x", random))
    assert planfile.dumps(other) == planfile.dumps(straight)
    assert human(other) == human(straight)
    assert markdown(other) == markdown(straight)
    assert other.digest == straight.digest

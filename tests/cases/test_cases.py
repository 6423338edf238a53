"""Golden cases: an inventory, what the nodes answered, and the plan of it in three shapes.

A folder holds `before/` (the inventory that was applied), maybe `after/` (the one to plan) and
`edits.json` (what the nodes hold that was not applied; `secrets` if their values are at hand);
expected are plan.txt, plan.md, plan.json.
`just test --update` writes them anew: read the difference before you commit it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cases.make import AGENT, answers
from holdfast.desired.node import Wishes
from holdfast.desired.secret import wanted
from holdfast.engine import decode
from holdfast.engine.observe import Observation
from holdfast.engine.propose import propose
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.plan import planfile
from holdfast.plan.actual import Unread
from holdfast.plan.scope import Scope
from holdfast.views.human import human
from holdfast.views.markdown import markdown

if TYPE_CHECKING:
    from holdfast.plan.plan import Plan

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/before"))


def wishes(folder: Path, edits: dict[str, Any]) -> Wishes:
    inventory = load(folder)
    known = [w.address for node in inventory.nodes for w in wanted(inventory, node)]
    secrets = frozenset(known if edits.get("secrets") else ())
    return Wishes(inventory, promises(inventory), AGENT, secrets=secrets)


def plan_of(case: Path) -> Plan:
    path = case / "edits.json"
    edits = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    before = wishes(case / "before", edits)
    after = wishes(case / "after", edits) if (case / "after").exists() else before
    said = answers(before, edits)
    unread = {node: edit["unread"] for node, edit in edits.items() if "unread" in edit}
    actual = tuple(
        decode.actual(node, said.get(node, answers(after, edits).get(node, [])))
        for node in sorted(after.inventory.nodes)
        if node not in unread
    )
    reasons = tuple(Unread(node, reason, 3) for node, reason in sorted(unread.items()))
    return propose(after, Observation(actual, reasons), Scope())


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places in plans are relative to the current directory."""
    monkeypatch.chdir(HERE.parents[1])


@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_the_expected_one(name: str, request: pytest.FixtureRequest) -> None:
    plan = plan_of(HERE / name)
    shapes = {"txt": human(plan), "md": markdown(plan), "json": planfile.dumps(plan)}
    for suffix, text in shapes.items():
        expected = HERE / name / f"plan.{suffix}"
        if request.config.getoption("--update", default=False):
            expected.write_text(text, encoding="utf-8")
        assert text == expected.read_text(encoding="utf-8"), expected


@pytest.mark.parametrize("name", CASES)
def test_text_json_and_totals_agree(name: str) -> None:
    plan = plan_of(HERE / name)
    document = json.loads(planfile.dumps(plan))
    last = human(plan).splitlines()[-1]
    assert f"{plan.summary.create} to create" in last
    assert f"backups lost: {len(document['effects']['backups_lost'])}." in last
    assert len(document["resource_changes"]) == len(plan.changes)
    assert last in markdown(plan)
    assert planfile.loads(planfile.dumps(plan)) == plan

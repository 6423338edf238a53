"""What a plan must not take away: a definition whose promise has no new home yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.make import KEY, answers, wished
from holdfast.engine import decode
from holdfast.engine.observe import Observation
from holdfast.engine.propose import propose
from holdfast.plan.actual import Unread
from holdfast.plan.scope import Scope
from holdfast.views.human import human

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.desired.node import Wishes
    from holdfast.plan.plan import Plan

INVENTORY = """\
inventory: {{id: x}}
nodes:
  n1: {{transport: local, root: n1, storages: {{s: {{path: /b}}}}}}
  n2: {{{way}, storages: {{s: {{path: /b}}}}}}
servers:
  web01:
    uuid: 6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5f
    node: {home}
    disks: {{1: {{image: /i}}, 2: {{image: /j}}}}
{more}definitions:
- {{name: {name}, sources: ["web01:1"], type: file, node: {node}, storage: s, encrypt_to: none,
   retention: 2, schedule: "0 2 * * *"{rest}}}
- {{name: other, sources: ["web01:2"], type: file, node: {home}, storage: s, encrypt_to: none,
   retention: 2, schedule: "0 2 * * *"}}
"""
LOCAL = "transport: local, root: n2"
# A node that is reached by SSH cannot reach one that is a directory.
SSH = f'address: n2.example.net, ssh: {{host_key: "{KEY}"}}'
BEFORE = {"home": "n1", "node": "n1", "name": "daily", "rest": "", "more": "", "way": LOCAL}


def wishes(folder: Path, **changed: str) -> Wishes:
    return wished(folder, INVENTORY.format(**{**BEFORE, **changed}))


def plan(tmp_path: Path, unread: str = "", scope: Scope | None = None, **changed: str) -> Plan:
    """Return the plan of a changed inventory against nodes that hold the first."""
    said = answers(wishes(tmp_path / "x"), {})
    actual = tuple(decode.actual(node, said[node]) for node in ("n1", "n2") if node != unread)
    lost = (Unread(unread, "cable", 3),) if unread else ()
    after = wishes(tmp_path / "x", **changed)
    return propose(after, Observation(actual, lost), scope or Scope())


def forgotten(found: Plan) -> list[str]:
    return [str(change.address) for change in found.changes if change.after is None]


def test_a_promise_that_moves_to_where_it_cannot_be_kept_stays_where_it_is(tmp_path: Path) -> None:
    found = plan(tmp_path, node="n2", way=SSH)
    assert forgotten(found) == []
    assert [problem.path for problem in found.problems] == ["daily@web01:1"]


def test_a_promise_that_moves_to_a_node_that_was_not_read_stays_where_it_is(tmp_path: Path) -> None:
    found = plan(tmp_path, unread="n2", home="n2", node="n2")
    assert "node/n1/definition/daily@web01:1" not in forgotten(found)


def test_a_promise_that_is_taken_out_is_forgotten(tmp_path: Path) -> None:
    found = plan(tmp_path, name="nightly")
    assert forgotten(found) == ["node/n1/definition/daily@web01:1"]


def test_a_rename_without_was_is_told_of_where_a_guard_refuses_it(tmp_path: Path) -> None:
    (check,) = (check for check in plan(tmp_path, name="nightly").checks if check.refused)
    assert check.refused.endswith("if they are renamed, say `was: [OLD-NAME]`")
    assert not any(c.refused for c in plan(tmp_path, name="nightly", rest=", was: [daily]").checks)


def test_a_filter_that_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    assert plan(tmp_path, scope=Scope(("node/n1/*",), ("*/other@*",))).problems == ()
    found = plan(tmp_path, scope=Scope(("node/n1/*", "*/dayly@web01:1"), ("node/n9/*",)))
    assert [str(problem.where) for problem in found.problems] == [
        "--exclude node/n9/*",
        "--target */dayly@web01:1",
    ]


def test_a_filter_may_match_a_node_that_was_not_read(tmp_path: Path) -> None:
    assert plan(tmp_path, unread="n2", scope=Scope(("node/n2/*",))).problems == ()


def test_no_changes_is_not_said_of_nodes_that_did_not_answer(tmp_path: Path) -> None:
    assert "No changes on the nodes that answered." in human(plan(tmp_path, unread="n2"))

"""Plans say where a chain of snapshots cannot go on; what is not known is never said to be gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cases.make import answers, wished
from holdfast.engine import decode
from holdfast.engine.observe import Observation, requests
from holdfast.engine.propose import propose
from holdfast.engine.report import plan_codes
from holdfast.plan.actual import Unread
from holdfast.plan.scope import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.desired.node import Wishes
    from holdfast.plan.plan import Plan

INVENTORY = """\
inventory: {{id: x}}
nodes:
  n1: {{transport: local, root: n1, storages: {{zones: {{dataset: pool/holdfast}}}}}}
  n2: {{transport: local, root: n2}}
servers:
  web01:
    uuid: 6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5{uuid}
    node: {home}
    disks: {{1: {{dataset: {dataset}{scope}}}, 2: {{image: /i}}}}
definitions:
- {{name: daily, sources: ["web01:1"], type: dataset, node: n1, storage: zones, active: {active},
   retention: 2, schedule: "0 2 * * *"}}
{more}"""
BEFORE = {
    "uuid": "f",
    "home": "n1",
    "dataset": "tank/web01",
    "active": "true",
    "scope": "",
    "more": "",
}
ID = "daily@web01:1"
NEWEST = "daily-20261121_020000"
CHAIN = {"type": "chain", "definition": ID, "newest": NEWEST, "snapshots": ["7"]}
READ = "2026-11-21T03:00:00Z"
OTHERS = {"manual": "8"}
SAID = "the next backup is a new full one, the chain so far is set aside"


def wishes(folder: Path, **changed: str) -> Wishes:
    return wished(folder, INVENTORY.format(**{**BEFORE, **changed}))


def source(guids: dict[str, str], **changed: str) -> dict[str, Any]:
    return {"type": "snapshots", "dataset": "tank/web01", "read": READ, "guids": guids, **changed}


def plan(
    before: Wishes, after: Wishes, *lines: dict[str, Any], home: str = "n1", unread: str = ""
) -> Plan:
    """Return a plan where the node of the chain tells the first line, that of the source the rest.

    Both may be one.
    """
    extra: dict[str, list[Any]] = {"n1": [], "n2": []}
    extra["n1"] += lines[:1]
    extra[home] += lines[1:]
    said = answers(before, {node: {"extra": told} for node, told in extra.items()})
    actual = tuple(decode.actual(node, said[node]) for node in ("n1", "n2") if node != unread)
    lost = (Unread(unread, "cable", 3),) if unread else ()
    return propose(after, Observation(actual, lost), Scope())


def said(tmp_path: Path, *lines: dict[str, Any], home: str = "n1", **changed: str) -> list[str]:
    """Return the problems of a plan in which nothing changes."""
    there = wishes(tmp_path / "x", home=home, **changed)
    found = plan(there, there, *lines, home=home)
    assert (found.changes, plan_codes(found)) == ((), [])
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(("home", "where"), [("n1", ""), ("n2", " on n2")])
def test_a_base_that_is_gone_is_a_warning(tmp_path: Path, home: str, where: str) -> None:
    (problem,) = said(tmp_path, CHAIN, source(OTHERS), home=home)
    assert problem == (
        f"node/n1/definition/{ID}: warning: no snapshot of tank/web01{where} is the chain's "
        f"newest any more: {SAID} (make room for it in zones)"
    )


def test_a_chain_without_snapshots_is_a_warning(tmp_path: Path) -> None:
    (problem,) = said(tmp_path, {**CHAIN, "snapshots": []}, source({NEWEST: "7"}))
    assert problem == (
        f"node/n1/definition/{ID}: warning: its chain has no snapshot any more: "
        "the next backup is a new full one (make room for it in zones)"
    )


def test_a_base_that_is_there_under_any_name_is_not_gone(tmp_path: Path) -> None:
    assert said(tmp_path, CHAIN, source({**OTHERS, "renamed": "7"})) == []


def test_one_of_what_a_killed_run_left_is_enough(tmp_path: Path) -> None:
    killed = {**CHAIN, "snapshots": ["9", "7"]}
    assert said(tmp_path, killed, source({"before": "7"})) == []
    assert len(said(tmp_path, killed, source(OTHERS))) == 1


@pytest.mark.parametrize("home", ["n1", "n2"])
@pytest.mark.parametrize(
    "lines",
    [
        (),
        (CHAIN,),  # as of a node without ZFS, or a dataset that is missing
        (source(OTHERS),),
        (CHAIN, source(OTHERS, dataset="tank/web02")),
        ({**CHAIN, "definition": "daily@web02:1"}, source(OTHERS)),
    ],
)
def test_what_one_node_cannot_tell_is_not_gone(
    tmp_path: Path, home: str, lines: tuple[dict[str, Any], ...]
) -> None:
    assert said(tmp_path, *lines, home=home) == []


def test_a_node_that_was_not_read_tells_of_nothing(tmp_path: Path) -> None:
    there = wishes(tmp_path / "x", home="n2")
    found = plan(there, there, CHAIN, source(OTHERS), home="n2", unread="n2")
    assert found.problems == ()


def test_a_backup_that_was_made_between_the_looks_is_not_gone(tmp_path: Path) -> None:
    assert said(tmp_path, CHAIN, source(OTHERS, read="2026-11-21T01:59:59Z")) == []
    assert said(tmp_path, CHAIN, source(OTHERS, read="0001-01-01T00:00:00Z"), home="n2") == []
    # Two nodes are not read in the same moment, and their clocks differ.
    soon, later = (source(OTHERS, read=f"2026-11-21T02:{at}Z") for at in ("09:59", "10:00"))
    assert said(tmp_path, CHAIN, soon, home="n2") == []
    assert len(said(tmp_path, CHAIN, later, home="n2")) == 1
    assert len(said(tmp_path, CHAIN, soon)) == 1
    assert said(tmp_path, CHAIN, source({"daily-20261121_020001": "8"})) == []
    shared = """- {name: weekly, sources: ["web01:1"], type: dataset, node: n1, storage: zones,
   retention: 2, schedule: "0 3 * * 0"}"""
    of_another = source({"weekly-20261121_020001": "8"})
    assert said(tmp_path, CHAIN, of_another, more=shared) == []
    # What others keep there says nothing of this chain.
    assert len(said(tmp_path, CHAIN, of_another)) == 1


def test_one_that_makes_no_backups_is_not_asked_about(tmp_path: Path) -> None:
    assert said(tmp_path, CHAIN, source(OTHERS), active="false") == []
    for home, active, asked in (
        ("n2", "true", {"n1": f'"chains": ["{ID}"]', "n2": f'"chains": ["{ID}"]'}),
        ("n1", "true", {"n1": f'"chains": ["{ID}"]', "n2": '"chains": []'}),
        ("n1", "false", {"n1": '"chains": []', "n2": '"chains": []'}),
    ):
        there = wishes(tmp_path / "x", home=home, active=active)
        found = requests(there.inventory, there.promises, {}, Scope())
        assert {node: asked[node] in found[node].decode() for node in asked} == {
            "n1": True,
            "n2": True,
        }
    scope = Scope(("node/n1/storage/*",))
    assert b'"chains": []' in requests(there.inventory, there.promises, {}, scope)["n1"]

"""Definitions on a node: what fires them, what follows a rename, what somebody agreed to lose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import ID, Installed, attributes, change, promise

if TYPE_CHECKING:
    from pathlib import Path

NEW = "daily@web01:2"


@pytest.fixture
def node(node: Installed) -> Installed:
    node.apply(change("definition", ID, None, promise()))
    return node


def var(node: Installed, *parts: str) -> Path:
    return node.root.joinpath("var/lib/holdfast/prg", *parts)


def served(node: Installed, identity: str = ID) -> str:
    return str(json.loads(var(node, "served", identity + ".json").read_text())["served"])


def renamed(**changes: Any) -> dict[str, Any]:
    return promise(definition="daily", was=[ID], **changes)


def test_nothing_fires_for_the_time_before_the_promise(node: Installed) -> None:
    record = var(node, "served", f"{ID}.json")
    assert served(node) > "2026-01-01"
    old = '{"served":"2001-01-01T00:00:00Z"}\n'
    record.write_text(old)
    node.apply(change("definition", ID, promise(), promise(description="x")))
    assert record.read_text() == old
    before = promise(description="x")
    for field, value in (("schedule", "30 4 * * 0"), ("timezone", "Asia/Tokyo"), ("active", False)):
        record.write_text(old)
        after = {**before, field: value, **({} if value else {"cron": []})}
        node.apply(change("definition", ID, before, after))
        assert record.read_text() != old, field
        before = after


def test_an_inactive_definition_has_no_cron_entry(node: Installed) -> None:
    cron = node.root / "etc/cron.d/holdfast-prg"
    assert f"30 3 * * 0 root /opt/holdfast/holdfast-agent run prg {ID} --due\n" in cron.read_text()
    assert cron.stat().st_mode & 0o7777 == 0o644
    off = promise(active=False, cron=[])
    lines = node.apply(change("definition", ID, promise(), off))
    assert attributes(lines, "agent")["cron_file"] == "absent"
    assert not cron.exists()


def test_a_forgotten_definition_leaves_its_runs(node: Installed) -> None:
    run = var(node, "runs", ID, "20261121T033001.123456Z.json")
    run.parent.mkdir(parents=True)
    run.write_text("{}")
    node.apply(change("definition", ID, promise(), None))
    assert run.exists()
    assert not list((node.root / "etc/holdfast/prg/definitions").iterdir())


def test_a_rename_takes_everything_along(node: Installed) -> None:
    node.apply(change("definition", ID, promise(), promise(), extra={"approved": ["a", "b"]}))
    for folder in ("runs", "sequences"):
        var(node, folder).mkdir(exist_ok=True)
    var(node, "runs", ID).mkdir()
    var(node, "runs", ID, "20261121T033001.123456Z.json").write_text("{}")
    var(node, "sequences", f"{ID}.json").write_text('{"last":7}')
    instant = served(node)
    lines = node.apply(change("definition", NEW, promise(), renamed(), previous=ID))
    told = [line for line in lines if line["kind"] == "definition"]
    assert [(line["name"], line["applied"]) for line in told] == [(NEW, True)]
    assert served(node, NEW) == instant
    assert json.loads(var(node, "sequences", f"{NEW}.json").read_text()) == {"last": 7}
    assert [path.name for path in var(node, "runs", NEW).iterdir()]
    assert not [name for name in node.files() if ID in name]
    approved = node.root / f"etc/holdfast/prg/definitions/{NEW}.approved.json"
    assert json.loads(approved.read_text()) == {"names": ["a", "b"]}
    assert f"run prg {NEW} --due" in (node.root / "etc/cron.d/holdfast-prg").read_text()


def test_a_rename_that_was_killed_is_finished_by_what_the_next_plan_asks(node: Installed) -> None:
    var(node, "runs", ID).mkdir(parents=True)
    var(node, "runs", ID, "20261121T033001.123456Z.json").write_text("{}")
    definitions = node.root / "etc/holdfast/prg/definitions"
    (definitions / f"{NEW}.json").write_text(json.dumps(renamed()))
    there = attributes(node.ask({"op": "read"}), "definition", NEW)
    assert there == renamed(cron=[])
    node.apply(
        change("definition", NEW, there, renamed()), change("definition", ID, promise(), None)
    )
    assert [path.name for path in var(node, "runs", NEW).iterdir()]
    assert not [name for name in node.files() if ID in name]


def test_a_rename_waits_for_the_runs(node: Installed) -> None:
    var(node, "runs", ID).mkdir(parents=True)
    queue = node.root / "var/lib/holdfast/queue"
    queue.mkdir()
    ticket = {"inventory": "prg", "definition": ID, "run": "r", "boot": "b"}
    (queue / f"00000001-{ID}").write_text(json.dumps({**ticket, "monotonic": 1, "queued": 1}))
    (line,) = node.ask(change("definition", NEW, promise(), renamed(), previous=ID))
    assert line["status"] == "failed"
    assert "queued or running" in line["message"]
    assert (node.root / f"etc/holdfast/prg/definitions/{ID}.json").exists()


def test_a_name_is_not_given_away_and_taken_at_once(node: Installed) -> None:
    lines = node.ask(
        change("definition", NEW, promise(), renamed(), previous=ID),
        change("definition", ID, promise(), promise(timeout=5)),
    )
    assert [line["status"] for line in lines] == ["failed", "skipped"]


def test_approved_names_hold_for_their_rule_alone(node: Installed) -> None:
    approved = node.root / f"etc/holdfast/prg/definitions/{ID}.approved.json"
    fewer = promise(retention={"last": 1})
    node.apply(change("definition", ID, promise(), fewer, extra={"approved": ["one"]}))
    assert json.loads(approved.read_text()) == {"names": ["one"]}
    node.apply(change("definition", ID, fewer, {**fewer, "timeout": 5}))
    assert approved.exists()
    node.apply(change("definition", ID, {**fewer, "timeout": 5}, promise()))
    assert not approved.exists()


def test_a_definition_needs_an_agent(tmp_path: Path) -> None:
    node = Installed(tmp_path, "other").bring()
    (line,) = node.ask(change("definition", ID, None, promise()))
    assert line["status"] == "failed"
    assert not (tmp_path / "etc").exists()

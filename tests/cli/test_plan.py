"""`plan` and `show`: what they say in each shape, and that they change nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from holdfast.cli.main import USAGE

if TYPE_CHECKING:
    from cli.desk import Desk


def totals(create: int) -> str:
    return f"Plan: {create} to create, 0 to update, 0 to forget; backups lost: 0."


def test_a_first_plan_names_everything_and_counts_it(fresh: Desk) -> None:
    ran = fresh.ok("plan")
    count = ran.out.count("  + create   node/")
    assert ran.out.splitlines()[-1] == totals(count)
    assert "+ create   node/n1/definition/weekly@web01:2  [change]  inventory/" in ran.out
    assert ran.err == ""


def test_all_shapes_say_the_same(fresh: Desk) -> None:
    text, data = fresh.ok("plan").out, fresh.ok("plan", "--format", "json").json
    markdown = fresh.ok("plan", "--format", "markdown").out
    addresses = [entry["address"] for entry in data["resource_changes"]]
    assert data["summary"]["create"] == len(addresses) > 6
    assert data["errored"] is False
    for address in addresses:
        assert f"create   {address} " in text
        assert f"create {address} " in markdown
    assert f"### {totals(len(addresses))}\n" in markdown
    assert f"`{data['digest']}`" in markdown


def test_a_plan_writes_nothing_anywhere(settled: Desk) -> None:
    before = settled.tree()
    for words in (["plan"], ["drift"], ["status"], ["backup", "list"], ["plan", "--format=json"]):
        settled.ok(*words)
    assert settled.tree() == before


def test_a_first_plan_writes_nothing_either(fresh: Desk) -> None:
    before = fresh.tree()
    for words in (["plan"], ["drift"], ["status"], ["backup", "list"], ["validate"]):
        fresh.run(*words)
    assert fresh.tree() == before


def test_the_same_state_gives_the_same_bytes(settled: Desk) -> None:
    settled.inventory["definitions"].pop()
    settled.write()
    shapes = ("human", "json", "markdown")
    first = [settled.ok("plan", "--format", shape).out for shape in shapes]
    assert [settled.ok("plan", "--format", shape).out for shape in shapes] == first


def test_changes_are_an_exit_code_only_when_asked_for(settled: Desk) -> None:
    assert settled.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")
    settled.inventory["definitions"][0]["retention"] = 7
    settled.write().ok("plan")
    assert settled.run("plan", "--detailed-exitcode").code == 2


def test_a_saved_plan_is_shown_at_any_age(settled: Desk) -> None:
    settled.inventory["definitions"][0]["description"] = "new"
    plan = settled.write().ok("plan", "-o", "saved.json")
    assert plan.err == "saved: holdfast apply saved.json\n"
    settled.apply()
    assert settled.ok("show", "saved.json").out == plan.out
    assert settled.ok("show", "saved.json", "--format", "json").json["summary"]["update"] == 1
    assert "description" in settled.ok("show", "saved.json", "--format", "markdown").out


@pytest.mark.parametrize(
    ("filters", "pattern"),
    [
        (["--target", "node/n1/storage/*"], r"node/n1/storage/.*"),
        (["--target", "node/n1/*", "--exclude", "*/storage/*"], r"node/n1/(?!storage).*"),
        (["--exclude", "node/n2/*", "--exclude", "*@web01:*"], r"node/n1/(?!definition).*"),
        (["--target", "*/definition/daily@*"], r"node/n./definition/daily.*"),
    ],
)
def test_a_part_of_a_plan_says_that_it_is_one(
    fresh: Desk, filters: list[str], pattern: str
) -> None:
    every = fresh.ok("plan", "--format", "json").json["resource_changes"]
    data = fresh.ok("plan", *filters, "--format", "json").json
    wanted = [e["address"] for e in every if re.fullmatch(pattern, e["address"])]
    assert [entry["address"] for entry in data["resource_changes"]] == wanted != []
    assert data["scope"]["complete"] is False
    words = f"Partial plan ({' '.join(data['scope']['filters'])}): it cannot prove"
    assert words in fresh.ok("plan", *filters).out
    assert "Partial plan" in fresh.ok("plan", *filters, "--format", "markdown").out


def test_nodes_out_of_scope_are_not_even_asked(fresh: Desk) -> None:
    fresh.inventory["nodes"]["n2"]["root"] = "gone"
    fresh.write()
    assert fresh.run("plan").code == 3
    assert fresh.run("plan", "--target", "node/n1/*").code == 0
    assert fresh.run("plan", "--exclude", "node/n2/*").code == 0


def test_no_changes_in_a_part_prove_nothing(settled: Desk) -> None:
    out = settled.ok("plan", "--target", "node/n1/*").out
    assert "No changes.\n" in out
    assert "what is there is what" not in out


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b"nodes: {}", b"[" * 9999])
def test_what_is_no_plan_is_refused_by_name(settled: Desk, content: bytes) -> None:
    settled.node("odd.plan").write_bytes(content)
    for words in (["show", "odd.plan"], ["apply", "odd.plan"]):
        ran = settled.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("odd.plan: not a plan")


def test_a_plan_that_cannot_be_saved_is_an_error(settled: Desk) -> None:
    before = settled.tree()
    ran = settled.run("plan", "-o", "none/saved.json")
    assert ran.code == 1
    assert ran.err == "none/saved.json: No such file or directory\n"
    assert settled.tree() == before
    assert settled.run("plan", "-o", "inventory").code == USAGE


def test_json_stays_json_when_something_is_wrong(settled: Desk) -> None:
    settled.inventory["nodes"]["n2"]["root"] = "gone"
    ran = settled.write().run("plan", "--format", "json")
    assert ran.code == 3
    assert ran.json["scope"]["unreachable"][0]["target"] == "n2"
    assert ran.json["errored"] is True
    assert json.loads(settled.run("status", "--format", "json").out)["unread"][0]["target"] == "n2"


def test_a_plan_can_be_saved_into_a_pipe(settled: Desk) -> None:
    saved = settled.ok("plan", "-o", "saved.json")
    os.mkfifo(settled.node("pipe"))
    with settled.start("plan", "-o", "pipe", stdout=subprocess.DEVNULL) as process:
        assert settled.node("pipe").read_bytes() == settled.node("saved.json").read_bytes()
    assert process.returncode == 0
    assert saved.out
    assert settled.node("pipe").is_fifo()


def test_a_filter_that_matches_nothing_is_a_problem(settled: Desk) -> None:
    for filter_ in ("node/n1/definition/dayly*", "nodee/n1/*", "node/n9/*"):
        ran = settled.run("plan", "--target", filter_)
        assert ran.code == 1
        assert f"--target {filter_}: it matches nothing" in ran.out

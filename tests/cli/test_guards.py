"""Guards as a person meets them: refused with a digest, done with it, and with no other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.desk import agent, consent, copy, names

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


def test_forgetting_all_of_a_node_needs_consent_to_that_very_plan(settled: Desk) -> None:
    settled.inventory["definitions"] = settled.inventory["definitions"][:1]
    before = settled.write().tree()
    ran = settled.run("apply", "--auto-approve")
    assert ran.code == 10
    assert "all definitions of node n2, source db01:1, source web01:2 are forgotten" in ran.out
    assert "refused by a guard; nothing was changed" in ran.err
    assert settled.tree() == before
    word = consent(ran.out, "forget")
    assert settled.run("plan", "--detailed-exitcode").code == 10
    assert word in settled.run("plan", "--format", "markdown").out
    for other in ("forget@0000000000000000", f"lose@{word[7:]}", word[:-1], "forget", word[7:]):
        assert settled.run("apply", "--auto-approve", "--accept", other).code == 10
    assert settled.tree() == before

    settled.inventory["definitions"][0]["description"] = "another plan"
    assert settled.write().run("apply", "--auto-approve", "--accept", word).code == 10
    del settled.inventory["definitions"][0]["description"]
    settled.write().ok("apply", "--auto-approve", "--accept", word)
    assert settled.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")


def test_a_saved_plan_needs_the_same_consent(settled: Desk) -> None:
    settled.inventory["definitions"] = settled.inventory["definitions"][:1]
    word = consent(settled.write().ok("plan", "-o", "saved.json").out, "forget")
    before = settled.tree()
    assert settled.run("apply", "saved.json").code == 10
    assert settled.tree() == before
    assert settled.run("apply", "saved.json", "--accept", word).code == 0


@pytest.mark.slow
def test_ten_of_many_are_forgotten_without_a_word_and_eleven_are_not(fresh: Desk) -> None:
    first = fresh.inventory["definitions"][0]
    many = [{**first, "name": f"d{n:02}"} for n in range(36)]
    fresh.inventory["definitions"] = many
    fresh.inventory["defaults"] = {}
    fresh.inventory["datacenters"] = {"main": {"limits": {"definitions_per_server": 50}}}
    for section, name in (("nodes", "n1"), ("servers", "web01")):
        fresh.inventory[section][name]["datacenter"] = "main"
    fresh.apply()
    fresh.inventory["definitions"] = many[:25]
    fresh.write()
    assert "11 of 36 definitions (31 %) are forgotten" in fresh.run("apply", "--auto-approve").out
    fresh.inventory["definitions"] = many[:26]
    fresh.apply()


@pytest.fixture(scope="module")
def made(applied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a node on which daily@web01:1 has made five backups."""
    root = tmp_path_factory.mktemp("made") / "n1"
    copy(applied / "n1", root)
    for _ in range(5):
        assert agent(root, "run", "lab", "daily@web01:1") == 0
    return root


@pytest.fixture
def five(settled: Desk, made: Path) -> Desk:
    shutil.rmtree(settled.node("n1"))
    copy(made, settled.node("n1"))
    return settled


@pytest.mark.slow
def test_losing_backups_needs_consent_and_only_those_named_go(five: Desk) -> None:
    held = names(five)
    five.inventory["definitions"][0]["retention"] = 2
    ran = five.write().run("apply", "--auto-approve")
    assert ran.code == 10
    assert [name in ran.out for name in held] == [True, True, True, False, False]
    assert ran.out.splitlines()[-1].endswith("backups lost: 3.")
    assert five.run("apply", "--auto-approve", "--accept", "lose@0123456789abcdef").code == 10
    assert names(five) == held

    word = consent(ran.out, "lose")
    # Between the plan and the apply one more is made: it drops another old one, unnamed.
    five.ok("plan", "-o", "saved.json")
    assert five.run("apply", "saved.json", "--accept", word).code == 0
    assert names(five) == held, "an apply removes no backup"
    assert agent(five.node("n1"), "run", "lab", "daily@web01:1") == 0
    assert len(names(five)) == 2
    assert names(five)[0] == held[4]


@pytest.mark.slow
def test_what_nobody_agreed_to_lose_waits_and_is_told(five: Desk) -> None:
    held = names(five)
    path = five.node("n1/etc/holdfast/lab/definitions/daily@web01:1.json")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"last":14', '"last":1'), encoding="utf-8")
    assert agent(five.node("n1"), "run", "lab", "daily@web01:1") == 0
    # One old for the new one; the other four wait for somebody's word.
    assert names(five)[:-1] == held[1:]
    ran = five.run("status", "--check")
    assert "daily@web01:1" in ran.out
    assert "wait" in ran.out


@pytest.mark.slow
def test_a_smaller_retention_that_loses_nothing_needs_no_word(five: Desk) -> None:
    five.inventory["definitions"][0]["retention"] = 5
    assert five.apply().out.endswith("Apply: 1 done, 0 failed, 0 stale, 0 skipped.\n")

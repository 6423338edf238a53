"""The lab: nodes made and taken down, and a minute of cron done with what is installed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from cli.desk import Desk, sample
from holdfast.cli.main import USAGE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each test starts many agents

ZONE = ZoneInfo("Europe/Prague")


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    inventory = sample()
    inventory["defaults"] = {"timezone": "Europe/Prague"}
    return Desk(tmp_path, capsys, inventory).write()


@pytest.fixture
def lab(desk: Desk) -> Desk:
    """Return a desk whose lab is up and applied."""
    desk.ok("lab", "up")
    desk.apply()
    return desk


def backups(desk: Desk) -> list[str]:
    listed = desk.ok("backup", "list", "--format", "json").json["backups"]
    return [entry["definition"] for entry in listed]


def test_up_makes_the_nodes_and_disks_once(desk: Desk) -> None:
    out = desk.ok("lab", "up").out
    assert "node n1: n1\n" in out
    assert "disk web01:2: n1/images/data.raw (8388608 bytes)\n" in out
    image = desk.node("n1/images/data.raw")
    image.write_bytes(b"mine")
    desk.ok("lab", "up")
    assert image.read_bytes() == b"mine"


def test_two_labs_have_the_same_disks(desk: Desk) -> None:
    desk.ok("lab", "up")
    first = desk.node("n1/images/web.raw").read_bytes()
    assert first != desk.node("n1/images/data.raw").read_bytes()
    desk.ok("lab", "down")
    assert not desk.node("n1").exists()
    desk.ok("lab", "up")
    assert desk.node("n1/images/web.raw").read_bytes() == first


def test_what_was_not_made_here_is_neither_used_nor_removed(desk: Desk) -> None:
    mine = desk.node("n1/mine")
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    before = desk.tree()
    for words in (["lab", "up"], ["lab", "down"]):
        ran = desk.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert "not made by `holdfast lab up`" in ran.err
    assert desk.tree() == before


def test_an_inventory_without_local_nodes_has_no_lab(desk: Desk) -> None:
    desk.ok("init", "new")
    for command in ("up", "down", "tick"):
        ran = desk.run("lab", command, "-i", "new")
        assert ran.code == 1
        assert "no node with `transport: local`" in ran.err


def test_a_tick_does_what_both_crons_would(lab: Desk) -> None:
    ran = lab.ok("lab", "tick", "--at", "02:00")
    assert ran.out.startswith("standing in for cron at ")
    assert "n1  0 2 * * * root /opt/holdfast/holdfast-agent run lab daily@web01:1 --due" in ran.out
    assert "n2  0 2 * * * /opt/holdfast/holdfast-agent run lab daily@db01:1 --due" in ran.out
    assert ran.out.count("-> exit 0") == 2
    assert backups(lab) == ["daily@db01:1", "daily@web01:1"]


def test_the_same_minute_is_served_once(lab: Desk) -> None:
    at = ["lab", "tick", "--at", "2030-05-05T02:00"]
    lab.ok(*at)
    lab.ok(*at)
    assert len(backups(lab)) == 2


def test_the_hour_that_comes_twice_is_served_once(lab: Desk) -> None:
    lab.inventory["definitions"][0]["schedule"] = "30 2 * * *"
    lab.apply()
    for offset in ("+02:00", "+01:00"):  # both are 02:30 in Prague on that day
        lab.ok("lab", "tick", "--at", f"2030-10-27T02:30{offset}")
    assert backups(lab).count("daily@web01:1") == 1


def test_nothing_fires_at_another_minute(lab: Desk) -> None:
    assert "no installed entry fires in that minute" in lab.ok("lab", "tick", "--at", "02:17").out
    assert backups(lab) == []


def test_only_what_is_installed_fires(lab: Desk) -> None:
    lab.node("n1/etc/cron.d/holdfast-lab").unlink()
    out = lab.ok("lab", "tick", "--at", "02:00").out
    assert "daily@web01:1" not in out
    assert "daily@db01:1" in out


def test_a_run_that_fails_is_told_and_is_3(lab: Desk) -> None:
    lab.node("n1/opt/holdfast/holdfast-agent").unlink()
    lab.node("n1/opt/holdfast/holdfast-agent").write_text("#!/bin/sh\necho no >&2; exit 7\n")
    lab.node("n1/opt/holdfast/holdfast-agent").chmod(0o755)
    ran = lab.run("lab", "tick", "--at", "02:00")
    assert ran.code == 3
    assert "-> exit 7: no" in ran.out


@pytest.mark.parametrize("line", ["0 2 * * * root /bin/true", "@daily root /bin/true", "nonsense"])
def test_the_lab_runs_nothing_of_somebody_else(lab: Desk, line: str) -> None:
    lab.node("n1/etc/cron.d/other").write_text(f"# remark\nA=b\n\n{line}\n", encoding="utf-8")
    ran = lab.run("lab", "tick", "--at", "02:00")
    assert ran.code == 1
    assert line in ran.err
    lab.node("n1/etc/cron.d/other").rename(lab.node("n1/etc/cron.d/other.old"))
    lab.ok("lab", "tick", "--at", "02:00")


def test_a_lab_that_is_not_up_fires_nothing(desk: Desk) -> None:
    assert "no installed entry fires" in desk.ok("lab", "tick").out


@pytest.mark.parametrize("at", ["", "2", "24:00", "2026-13-01T02:00", "02:00T", "\x1b[2J"])
def test_a_time_that_is_none_is_a_wrong_command_line(desk: Desk, at: str) -> None:
    assert desk.run("lab", "tick", "--at", at).code == USAGE


def test_a_time_of_day_is_the_next_one(lab: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_AT", "02:00")
    told = lab.ok("lab", "tick").out.splitlines()[0]
    at = datetime.strptime(told[24:40], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert 0 <= (at - datetime.now(UTC)).total_seconds() <= 25 * 3600

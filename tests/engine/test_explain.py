"""The fires that explain shows, counted by croniter, are those that the agent serves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.agent.timing import instants, schedule
from holdfast.engine.explain import FIRES, explain
from holdfast.inventory.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.inventory.promise import Promise

INVENTORY = """\
inventory: {{id: x}}
nodes: {{n1: {{transport: local, root: n1, storages: {{s: {{path: /b}}}}}}}}
servers:
  web01: {{uuid: 6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5f, node: n1, disks: {{1: {{image: /i.raw}}}}}}
definitions:
- {{name: d, sources: ["web01:1"], type: file, node: n1, storage: s, encrypt_to: none,
   retention: {{last: 2, daily: 3}}, schedule: "{schedule}", timezone: {zone}}}
"""
SCHEDULES = (
    "0 2 * * *",
    "30 2 * * 0",
    "*/17 1-3 * * *",
    "15 0 29 2 *",
    "0 12 1,15 * 5",
    "59 23 31 * *",
)
ZONES = ("UTC", "Europe/Prague", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inventory") / "inventory"


def promise(folder: Path, written: str, zone: str) -> Promise:
    folder.mkdir(exist_ok=True)
    text = INVENTORY.format(schedule=written, zone=zone)
    (folder / "inventory.yaml").write_text(text, encoding="utf-8")
    (found,) = load(folder).promises
    return found


@settings(max_examples=40, deadline=None)
@given(
    written=st.sampled_from(SCHEDULES),
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 2 * 366 * 24 * 60),
)
def test_the_fires_shown_are_those_the_agent_serves(
    folder: Path, written: str, zone: str, minute: int
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    found = explain(promise(folder, written, zone), now)
    assert found.fires == instants.next_fires(schedule.parse(written), zone, now, FIRES)


def test_the_clock_change_days_of_a_year_are_shown(folder: Path) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    spring, autumn = explain(promise(folder, "30 2 * * *", "Europe/Prague"), now).clock_days
    assert spring.fires == (datetime(2027, 3, 28, 1, 0, tzinfo=UTC),)
    assert autumn.fires == (datetime(2027, 10, 31, 0, 30, tzinfo=UTC),)


def test_a_zone_without_changes_has_no_such_days(folder: Path) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert explain(promise(folder, "30 2 * * *", "UTC"), now).clock_days == ()

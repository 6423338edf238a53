"""The hourly entry: proves that cron loads our file, starts what was left in the queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agent.desk import ID, Desk
from agent.queueing import queue, statuses

if TYPE_CHECKING:
    from pathlib import Path


def test_it_records_that_cron_fired_an_entry_of_ours(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle()
    assert desk.run("seen", "prg").returncode == 0
    with open(desk.layout.cron_seen, encoding="utf-8") as file:
        assert json.load(file)["seen"].endswith("Z")


def test_a_ticket_that_nobody_serves_is_served(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle()
    desk.define()
    queue(desk, ID)
    assert statuses(desk) == ["queued"]
    assert desk.run("seen", "prg").returncode == 0
    assert statuses(desk) == ["success"]


def test_an_inventory_that_has_left_is_not_brought_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle()
    assert desk.run("seen", "gone").returncode == 0
    assert not (tmp_path / "var/lib/holdfast/gone").exists()

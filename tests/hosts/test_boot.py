"""What was due while a node was down is made when it boots, where that is asked for."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hosts.estate import STORAGE

if TYPE_CHECKING:
    from hosts.estate import Estate

pytestmark = [pytest.mark.hosts, pytest.mark.slow]


def test_a_time_that_a_node_slept_through_is_caught_up_on_when_it_boots(estate: Estate) -> None:
    host = estate.hosts["n1"]
    passed = datetime.now(UTC) - timedelta(minutes=40)
    schedule = f"{passed.minute} {passed.hour} * * *"
    estate.definitions.clear()
    estate.promise("asked", "vm-n1", schedule=schedule, catch_up="6h")
    estate.promise("unasked", "vm-n1", schedule=schedule)
    estate.settle()
    for record in host.path("/var/lib/holdfast").rglob("served/*.json"):
        # As it stood when the node went down, an hour before.
        before = f"{passed - timedelta(minutes=20):%Y-%m-%dT%H:%M:%SZ}"
        record.write_text(json.dumps({**json.loads(record.read_text()), "served": before}))
    host.start_cron()
    folder = host.path(f"{STORAGE}/vm-n1/disk1")
    end = time.monotonic() + 60
    while not list(folder.glob("asked-*.json")):
        assert time.monotonic() < end, "cron started nothing at boot"
        time.sleep(0.1)
    host.stop_cron()
    assert not list(folder.glob("unasked-*.json"))
    assert "Plan: 0 to create, 0 to update" in estate.run("plan").out  # the entry reads back

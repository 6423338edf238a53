"""Backups follow what they belong to when it is renamed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hosts.estate import STORAGE

if TYPE_CHECKING:
    from hosts.estate import Estate

pytestmark = [pytest.mark.hosts, pytest.mark.slow]


def listed(estate: Estate) -> list[dict[str, object]]:
    done = estate.run("backup list --format json")
    assert done.code == 0, done.said
    backups: list[dict[str, object]] = json.loads(done.out)["backups"]
    return backups


def sequences(estate: Estate) -> dict[str, int]:
    """Return the sequence number of each backup, from its manifest."""
    manifests = estate.hosts["n1"].path(f"{STORAGE}/vm-n1/disk1").glob("*.json")
    return {path.stem: json.loads(path.read_bytes())["sequence"] for path in sorted(manifests)}


def test_a_renamed_definition_keeps_its_backups(estate: Estate) -> None:
    definition = estate.definitions[0]
    definition["retention"] = 3
    estate.settle()
    for _ in "12":
        estate.back_up("n1", "daily@vm-n1:1")
    first, second = sequences(estate)

    definition.update(name="nightly", was=["daily"])
    planned = estate.run("plan")
    assert planned.code == 0, planned.said
    address = "node/n1/definition/nightly@vm-n1:1 (was node/n1/definition/daily@vm-n1:1)"
    assert address in planned.out
    estate.settle()
    assert [(backup["definition"], backup["owned"]) for backup in listed(estate)] == [
        ("daily@vm-n1:1", True),
        ("daily@vm-n1:1", True),
    ]
    status = json.loads(estate.run("status --format json").out)["nodes"][0]["rows"]
    assert [(row["definition"], row["status"], row["backups"]) for row in status] == [
        ("nightly@vm-n1:1", "success", 2)
    ]

    for _ in "34":
        estate.back_up("n1", "nightly@vm-n1:1")
    left = sequences(estate)
    assert list(left.values()) == [2, 3, 4]  # rotated by the order in which they were made
    assert second in left
    assert first not in left
    # The next rule counts those of the old name too, and says which it would cost.
    definition["retention"] = 2
    refused = estate.apply()
    assert refused.code == 10, refused.said
    assert second in refused.out
    assert sequences(estate) == left

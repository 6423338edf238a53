"""Storages that are full, or gone: nothing half-made has a name, and nothing is lost or rotated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hosts.estate import STORAGE, noise
from hosts.tree import below, differing, tree

if TYPE_CHECKING:
    from hosts.estate import Estate
    from hosts.host import Host

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

FOLDER = f"{STORAGE}/vm-n1/disk1"
DAILY = "daily@vm-n1:1"


def names(host: Host) -> list[str]:
    """Return the names in the folder of the backups."""
    return sorted(path.name for path in host.path(FOLDER).iterdir())


def test_a_full_storage_fails_the_run_and_nothing_half_made_is_named(estate: Estate) -> None:
    host = estate.hosts["n1"]
    host.mount_small(STORAGE, "1m")
    estate.serve("n1", "vm-n1", noise("large", 2_000_000))
    estate.settle()
    with pytest.raises(RuntimeError, match="No space left on device at /backup: free some space"):
        estate.back_up("n1", DAILY)
    assert names(host) == []

    status = estate.run("status --check")
    assert status.code == 2, status.said
    assert f"finding: {DAILY} on n1: failed: storage disk: No space left on device" in status.err
    assert "free some space, or keep fewer backups; no backup was made" in status.err
    listed = estate.run("backup list")
    assert (listed.code, listed.out.count("\n")) == (0, 1), listed.said

    host.run("mount", "-o", "remount,size=4m", STORAGE)
    estate.back_up("n1", DAILY)
    assert [name.rpartition(".")[2] for name in names(host)] == ["img", "json"]
    assert estate.run("status --check").code == 0


def test_an_unmounted_storage_stops_everything_until_it_is_back(estate: Estate) -> None:
    host = estate.hosts["n1"]
    host.run("mkdir", STORAGE, "/nas")
    host.run("mount", "--bind", "/nas", STORAGE)
    estate.definitions[0]["retention"] = 1
    estate.settle()
    estate.back_up("n1", DAILY)
    kept = names(host)
    host.unmount(STORAGE)
    before = tree(host)

    with pytest.raises(RuntimeError, match="its marker is missing at /backup: not mounted"):
        estate.back_up("n1", DAILY)
    planned = estate.run("plan")
    assert planned.code == 1, planned.said
    assert re.search("! refused  node/n1/storage/disk: .*marker.* is missing", planned.out)
    assert "backups lost: 0." in planned.out
    estate.definitions[0]["description"] = "changed meanwhile"
    applied = estate.apply()
    assert applied.code == 1, applied.said
    listed = estate.run("backup list")
    assert listed.code == 1, listed.said
    assert "its marker is missing at /backup (mount it" in listed.err
    assert [path for path in differing(before, tree(host)) if path.startswith(STORAGE)] == []
    assert below(tree(host), f"{STORAGE}/") == {f"{STORAGE}/": before[f"{STORAGE}/"]}

    host.run("mount", "--bind", "/nas", STORAGE)
    assert names(host) == kept
    estate.settle()
    estate.back_up("n1", DAILY)  # and rotates: one is kept
    assert len(names(host)) == 2
    assert names(host) != kept
    assert estate.run("status --check").code == 0

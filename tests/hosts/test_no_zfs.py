"""A host without ZFS that is to back a dataset up, or to keep snapshots: told, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts.estate import STORAGE

if TYPE_CHECKING:
    from hosts.estate import Estate

pytestmark = pytest.mark.hosts

ABSENT = "this node has no `zfs` program: install ZFS, or back up to a directory"


def test_it_is_one_message_and_nothing_half_done(estate: Estate) -> None:
    host = estate.hosts["n1"]
    for folder in ("/sbin", "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"):
        host.path(f"{folder}/zfs").unlink(missing_ok=True)
    estate.servers["vm-n1"]["disks"] = {1: {"dataset": "zones/vm-n1"}}
    estate.settle()
    done = estate.run("backup now daily@vm-n1:1")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1] == f"daily@vm-n1:1: failed: {ABSENT}"
    assert [path.name for path in host.path(STORAGE).iterdir()] == [".holdfast-storage.json"]

    estate.nodes["n1"]["storages"] = {"disk": {"dataset": "zones/holdfast"}}
    promised = estate.definitions[0]
    promised["type"] = "dataset"
    kept = promised.pop("encrypt_to")
    applied = estate.apply()
    assert applied.code == 3
    assert f"node/n1/storage/disk: {ABSENT}" in applied.err
    estate.nodes["n1"]["storages"] = {"disk": {"path": STORAGE}}
    promised |= {"type": "file", "encrypt_to": kept}
    estate.expect_nothing_to_do()

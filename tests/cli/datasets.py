"""A desk whose one server has a dataset, backed up as snapshots and as sealed files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.zfs.disks import Filesystem
from agent.zfs.pools import pair, zfs
from agent.zfs.station import files
from cli.desk import SEALED, Desk, sample
from cli.shelf import identity

if TYPE_CHECKING:
    from collections.abc import Iterator

SNAPSHOTS, FILES = "daily@web01:1", "weekly@web01:1"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk whose one node has nothing yet."""
    for part in ("etc/cron.d", "images"):
        (tmp_path / "n1" / part).mkdir(parents=True)
    (tmp_path / "n1/etc/timezone").write_text("Europe/Prague\n", encoding="utf-8")
    return Desk(tmp_path, capsys)


@pytest.fixture
def disk(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return a server's dataset, backed up as snapshots and as sealed files with increments."""
    folder, name = tmp_path_factory.mktemp("pools"), f"hfc{os.getpid()}"
    with pair(folder, name) as (source, target):
        dataset = f"{source}/web01"
        Filesystem().create(dataset)
        desk.inventory = inventory(dataset, f"{target}/holdfast", identity(desk)[1])
        desk.apply()
        yield dataset


def inventory(dataset: str, parent: str, recipient: str) -> dict[str, Any]:
    given = sample()
    node = {"transport": "local", "root": "n1"}
    node["storages"] = {"zones": {"dataset": parent}, "local": {"path": "/backup"}}
    common = {"sources": ["web01:1"], "node": "n1", "schedule": "0 2 * * *", "retention": 9}
    sealed = {"compression": "gzip", "encrypt_to": [recipient], "base_every": 3}
    return {
        "inventory": given["inventory"],
        "nodes": {"n1": node},
        "servers": {"web01": {**given["servers"]["web01"], "disks": {"1": {"dataset": dataset}}}},
        "definitions": [
            {**common, "name": "daily", "type": "dataset", "storage": "zones"},
            {**common, **SEALED, **sealed, "name": "weekly", "storage": "local"},
        ],
    }


def mounted(dataset: str) -> Path:
    return Path(zfs("get", "-H", "-o", "value", "mountpoint", dataset).strip())


def write(dataset: str) -> dict[str, bytes]:
    (mounted(dataset) / "file").write_bytes(os.urandom(100_000))
    return files(mounted(dataset))


def with_another_node(desk: Desk) -> None:
    """Let the server's dataset be another node's, as far as the inventory knows."""
    desk.inventory["nodes"]["n2"] = {"transport": "local", "root": "n2"}
    desk.inventory["servers"]["web01"]["node"] = "n2"
    (desk.node("n2/etc/cron.d")).mkdir(parents=True)
    desk.node("n2/etc/timezone").write_text("Europe/Prague\n", encoding="utf-8")


def chain(desk: Desk) -> str:
    """Return the dataset that the snapshots are received into."""
    parent: str = desk.inventory["nodes"]["n1"]["storages"]["zones"]["dataset"]
    return parent + "/web01/disk1"

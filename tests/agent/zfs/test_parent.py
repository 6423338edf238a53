"""Storages that are datasets, and a backup into one, as an apply and cron have them done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.installed import attributes, change, promise
from agent.zfs.pools import is_there, pool, zfs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.installed import Installed, Line

pytestmark = pytest.mark.hosts


@pytest.fixture
def tank(tmp_path: Path) -> Iterator[str]:
    with pool(tmp_path, f"hf{os.getpid()}t") as name:
        yield name


def storage(place: str, marker: str = "ok") -> Line:
    return {"kind": "dataset", "place": place, "marker": marker}


def mountpoint(dataset: str) -> Path:
    return Path(zfs("get", "-H", "-o", "value", "mountpoint", dataset).strip())


def test_a_storage_is_made_with_its_marker_and_reads_back(node: Installed, tank: str) -> None:
    wanted = storage(f"{tank}/holdfast")
    lines = node.apply(change("storage", "zones", None, wanted))
    assert attributes(lines, "storage", "zones") == wanted
    assert (mountpoint(f"{tank}/holdfast") / ".holdfast-storage.json").exists()
    told = zfs("get", "-H", "-o", "value", "com.sun:auto-snapshot", tank, f"{tank}/holdfast")
    assert told.split() == ["-", "false"]


def test_a_dataset_that_was_there_before_keeps_its_settings(node: Installed, tank: str) -> None:
    zfs("create", "-o", "com.sun:auto-snapshot=true", f"{tank}/holdfast")
    node.apply(change("storage", "zones", None, storage(f"{tank}/holdfast")))
    told = zfs("get", "-H", "-o", "value", "com.sun:auto-snapshot", f"{tank}/holdfast")
    assert told.strip() == "true"


def test_a_storage_that_is_not_mounted_is_a_problem_and_not_made_again(
    node: Installed, tank: str
) -> None:
    wanted = storage(f"{tank}/holdfast")
    node.apply(change("storage", "zones", None, wanted))
    zfs("unmount", f"{tank}/holdfast")
    lines = node.ask({"op": "read"})
    missing = storage(f"{tank}/holdfast", "missing")
    assert attributes(lines, "storage", "zones") == missing
    (problem,) = (line for line in lines if line["type"] == "problem")
    assert problem["what"] == f"dataset {tank}/holdfast is not mounted"
    (outcome,) = node.ask(change("storage", "zones", missing, wanted))
    assert outcome["status"] == "failed"
    assert not (mountpoint(f"{tank}/holdfast") / ".holdfast-storage.json").exists()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("-o/x", "must be the name of a dataset"),
        ("{tank}/../x", "must be the name of a dataset"),
        ("{tank}/no/such", "parent does not exist"),
        ("nosuchpool/x", "no such pool 'nosuchpool'"),
    ],
)
def test_a_place_that_cannot_be_is_refused(
    node: Installed, tank: str, place: str, said: str
) -> None:
    (outcome,) = node.ask(change("storage", "zones", None, storage(place.format(tank=tank))))
    assert outcome["status"] == "failed"
    assert said in outcome["message"]


def test_what_was_applied_backs_up_and_is_listed(node: Installed, tank: str) -> None:
    zfs("create", f"{tank}/disk")
    (mountpoint(f"{tank}/disk") / "file").write_text("content")
    parent = f"{tank}/holdfast"
    wanted = promise(
        source={"kind": "dataset", "place": f"{tank}/disk", "node": "bkp01"},
        type="dataset",
        storage="zones",
        place=parent,
    )
    node.apply(
        change("storage", "zones", None, storage(parent)),
        change("definition", "weekly@web01:2", None, wanted),
    )
    code, _, errors = node.run(b"", "run", node.inventory, "weekly@web01:2")
    assert (code, errors) == (0, "")
    (line,) = (line for line in node.ask({"op": "backups"}) if line["type"] == "backup")
    assert (line["status"], line["owned"], line["storage"]) == ("ok", True, "zones")
    assert is_there(f"{parent}/web01/disk2@{line['name'].rpartition('/')[2]}")

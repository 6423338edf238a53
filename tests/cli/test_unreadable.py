"""A backup whose manifest cannot be read is deleted by its name, and nothing else goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from agent.zfs.station import snapshots
from cli.datasets import SNAPSHOTS, chain, desk, disk, mounted, write
from cli.shelf import artefact, listed, made, unsign

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.slow  # each test starts many agents


def delete(desk: Desk, name: str) -> tuple[int, str]:
    ran = desk.run("backup", "delete", name, "--yes-destroy", name)
    return ran.code, ran.err


def damaged(desk: Desk, name: str, text: str = "{") -> Path:
    """Spoil a manifest of web01:1; return the folder that it is in."""
    path = artefact(desk, name).with_suffix(".json")
    path.write_text(text)
    return path.parent


def test_its_files_go_by_its_name(settled: Desk) -> None:
    first, second = made(settled), made(settled)
    folder = damaged(settled, first)
    alike = artefact(settled, first).with_suffix(".x-20261121_020000.json")  # of another definition
    alike.write_text("{}")
    before = {path.name for path in folder.iterdir()}
    assert "or `backup delete` it" in settled.run("backup", "lock", first, "--reason", "x").err
    assert delete(settled, first) == (0, f"{first}: deleted on n1\n")
    short = first.rpartition("/")[2]
    assert before - {path.name for path in folder.iterdir()} == {f"{short}.img", f"{short}.json"}
    assert second in {row["name"] for row in listed(settled)}
    settled.ok("backup", "verify", second)


def test_a_lock_a_base_and_another_inventory_keep_it(settled: Desk) -> None:
    base, needing = made(settled), made(settled)
    settled.ok("backup", "lock", base, "--reason", "audit")
    whole = artefact(settled, base).with_suffix(".json").read_text()
    folder = damaged(settled, base)
    before = sorted(folder.iterdir())
    code, said = delete(settled, base)
    assert (code, "is locked (audit, by hand)" in said) == (1, True)
    assert [row["locked"] for row in listed(settled)] == [True, False]
    assert "no manifest" in settled.run("backup", "note", base, "x").err
    settled.ok("backup", "unlock", base)
    assert [row["locked"] for row in listed(settled)] == [False, False]
    lock = {"backup": base, "reason": "kept"}
    damaged(settled, base, whole)
    settled.inventory["locks"] = [lock]
    settled.apply()
    damaged(settled, base)
    assert "take it out of the inventory" in settled.run("backup", "unlock", base).err
    settled.inventory["locks"] = []
    settled.apply()
    unsign(settled, needing, kind="incremental", base=base.rpartition("/")[2])
    assert f"is the base of {needing}" in delete(settled, base)[1]
    damaged(settled, base, whole.replace('"format":1', '"format":9').replace('"lab"', '"other"'))
    assert "is of the inventory other" in delete(settled, base)[1]
    (folder / "notes.json").write_text("{}")
    assert "no backup has such a name" in delete(settled, "web01:1/notes")[1]
    kept = {path.name for path in before if "state" not in path.name}
    assert {path.name for path in folder.iterdir()} == {*kept, "notes.json"}


@pytest.mark.hosts
def test_its_snapshot_goes_by_its_name(desk: Desk, disk: str) -> None:
    names = []
    for _ in range(3):
        write(disk)
        names.append(made(desk, SNAPSHOTS).rpartition("/")[2])
    first, second, third = names
    parent = chain(desk).removesuffix("/web01/disk1")
    manifests = mounted(parent) / ".holdfast/manifests/web01/disk1"
    (manifests / f"{second}.json").write_text("{")
    held = f"{chain(desk)}@{second}"
    zfs("hold", "holdfast-lock", held)
    code, said = delete(desk, f"web01:1/{second}")
    assert (code, f"web01:1/{second} stays as it is: {held} is " in said) == (1, True), said
    assert snapshots(chain(desk)) == names
    desk.ok("backup", "unlock", f"web01:1/{second}")  # its state is lost
    copy = zfs("get", "-H", "-o", "value", "holdfast:manifest", held).strip()
    zfs("set", "holdfast:manifest=" + copy.replace('"lab"', '"other"'), held)
    assert "is of the inventory other" in delete(desk, f"web01:1/{second}")[1]
    zfs("set", "holdfast:manifest=" + copy, held)
    assert delete(desk, f"web01:1/{second}")[0] == 0
    assert snapshots(chain(desk)) == [first, third]
    assert {path.name for path in manifests.iterdir()} == {f"{first}.json", f"{third}.json"}
    made(desk, SNAPSHOTS)
    assert {row["status"] for row in listed(desk)} == {"ok"}

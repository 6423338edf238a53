"""A restore over a volume that is smaller than the backup is refused; a larger one is told of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs import disks
from agent.zfs.bench import below, do, over
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import zfs
from agent.zfs.scripted import Script, on_path
from holdfast.agent.failure import Failed
from holdfast.agent.restoring import occupied

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

DISK, NEW = "zones/web01", "zones/web01.holdfast-restore"
MIB = 1 << 20
WHY = "the disk would grow under its guest; restore to a new dataset, or make it larger first"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return the script of a `zfs` that has volumes, as zfs-fuse has not."""
    monkeypatch.setenv("PATH", on_path(tmp_path))
    return Script(tmp_path)


def size(script: Script, dataset: str, volsize: int | str) -> None:
    """Have a dataset be a volume of so many bytes, or a filesystem: `-`."""
    limit = "-" if isinstance(volsize, int) else "0"  # a volume has no quota
    told = f"volsize\t{volsize}\n"
    script.answer(f"get -H -p -o property,value volsize {dataset}", told)
    told += f"quota\t{limit}\nrefquota\t{limit}\nreferenced\t{MIB}\n"
    script.answer(f"get -H -p -o property,value volsize,quota,refquota,referenced {dataset}", told)


@pytest.mark.parametrize("volsize", [8 * MIB, 16 * MIB - 8192])
def test_a_volume_that_is_smaller_than_the_backup_is_refused(script: Script, volsize: int) -> None:
    size(script, DISK, volsize)
    size(script, NEW, 16 * MIB)
    with pytest.raises(Failed) as refused:
        occupied.refuse_smaller(DISK, NEW)
    assert str(refused.value) == f"{DISK} has {volsize} bytes, the backup {16 * MIB}: {WHY}"


@pytest.mark.parametrize("volsize", [16 * MIB, 32 * MIB, "-"])
def test_one_that_is_as_large_or_has_no_size_is_not(script: Script, volsize: int | str) -> None:
    size(script, DISK, volsize)
    size(script, NEW, 16 * MIB if isinstance(volsize, int) else "-")
    occupied.refuse_smaller(DISK, NEW)
    larger = f"{DISK} has the size of the backup now, {16 * MIB} bytes; it had {32 * MIB}"
    assert occupied.shrunk(DISK, NEW) == (larger if volsize == 32 * MIB else "")


@pytest.mark.hosts
@pytest.mark.skipif(not OPENZFS, reason="zfs-fuse has no volumes")
def test_a_real_volume_that_was_made_smaller_stays_as_it_is(filesystem: Station) -> None:
    station, disk = filesystem, f"{filesystem.source}/volume"
    zfs("create", "-s", "-V", "16M", disk)
    station.define(source={"kind": "dataset", "place": disk, "node": "bkp01"})
    expected = write(disk)
    backup = station.good()
    zfs("set", "volsize=8M", disk)
    there, held = below(station.source), disks.content(disk)
    refused = do(station, "restore", backup, **over(station, place=disk, destroys=disk))
    assert refused["message"] == f"{disk} has {8 * MIB} bytes, the backup {16 * MIB}: {WHY}"
    assert below(station.source) == there
    assert disks.content(disk) == held
    zfs("set", "volsize=16M", disk)
    done = do(station, "restore", backup, **over(station, place=disk, destroys=disk))
    assert (done["type"], done["told"]) == ("result", ""), done
    assert disks.content(disk) == expected
    zfs("set", "volsize=24M", disk)
    done = do(station, "restore", backup, **over(station, place=disk, destroys=disk))
    told = f"{disk} has the size of the backup now, {16 * MIB} bytes; it had {24 * MIB}"
    assert (done["type"], done["told"]) == ("result", told), done
    assert disks.content(disk) == expected


def write(disk: str) -> bytes:
    """Write to both halves of a volume; return all that it holds."""
    with disks.opened(disk, "r+b") as device:
        for place in (MIB, 12 * MIB):
            device.seek(place)
            device.write(os.urandom(100_000))
        os.fsync(device.fileno())
    return disks.content(disk)

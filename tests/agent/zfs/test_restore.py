"""A dataset restored: over the server's own, or to a new one; whole and proven, or not at all."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from agent.freeze.scripted import Guest
from agent.zfs.bench import below, do, new, over
from agent.zfs.pools import guid_of, is_there, zfs
from agent.zfs.station import files, snapshots
from holdfast.agent.zfs import diskmark

if TYPE_CHECKING:
    from agent.acts.counter import Line
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def made(station: Station) -> tuple[str, dict[str, bytes]]:
    """Return a backup and what was in the dataset then, which has changed since."""
    (station.files / "file").write_bytes(os.urandom(300_000))
    expected = files(station.files)
    backup = station.good()
    (station.files / "file").write_bytes(b"later")
    (station.files / "more").write_bytes(b"later")
    return backup, expected


def restore(station: Station, backup: str, **changes: object) -> Line:
    """Restore over the server's disk, which nobody uses meanwhile."""
    with station.kind.idle(station.disk, station.files):
        return do(station, "restore", backup, **over(station, **changes))


def content(station: Station, dataset: str) -> dict[str, bytes]:
    with station.opened(dataset) as folder:
        return files(folder)


def local(dataset: str) -> dict[str, str]:
    told = zfs("get", "-H", "-p", "-s", "local", "-o", "property,value", "all", dataset)
    return dict(line.split("\t") for line in told.splitlines())


def test_what_was_mounted_is_put_back_with_its_settings_and_mounted(filesystem: Station) -> None:
    station = filesystem
    backup, expected = made(station)
    place = station.desk.root / "elsewhere"
    settings = {"compression": "on", "mountpoint": str(place), "quota": str(100 << 20)}
    for name, value in settings.items():
        zfs("set", f"{name}={value}", station.disk)
    assert restore(station, backup) == {
        "type": "result",
        "backup": f"web01:1/{backup}",
        "place": station.disk,
        "told": "",
        "is_base": True,
    }
    assert files(place) == expected
    settings[diskmark.NAME] = f"{guid_of(station.disk)}:{station.listed()[0]['source']['guid']}"
    assert local(station.disk) == settings
    (place / "new").write_bytes(b"a guest can write")
    assert below(station.source) == [station.source, station.disk]


def test_the_newest_backup_restored_is_the_base_of_the_next(station: Station) -> None:
    backup, _ = made(station)
    restore(station, backup)
    (station.files / "file").write_bytes(b"after the restore")
    newest = station.good()
    assert snapshots(station.chain) == [backup, newest]
    assert snapshots(station.disk) == [newest]


def test_an_older_backup_restored_begins_a_chain_anew(station: Station) -> None:
    backup, expected = made(station)
    later = station.good()
    assert restore(station, backup)["is_base"] is False
    assert files(station.files) == expected
    newest = station.good()
    assert station.names() == [backup, later, newest]
    assert snapshots(station.chain) == [newest]
    assert snapshots(station.disk) == [newest]


def test_a_new_dataset_is_made_and_mounted(station: Station) -> None:
    backup, expected = made(station)
    target = f"{station.source}/new"
    assert do(station, "restore", backup, **new(target))["type"] == "result"
    assert content(station, target) == expected
    assert snapshots(target) == []
    assert files(station.files)["file"] == b"later"
    again = do(station, "restore", backup, **new(target))
    assert "is there already" in again["message"]


@pytest.mark.parametrize("holder", ["file", "folder", "guest"])
def test_nothing_is_taken_from_under_who_uses_it(filesystem: Station, holder: str) -> None:
    station = filesystem
    backup, _ = made(station)
    socket = station.desk.root / "tmp/vm.qga"
    agent = {"socket": "/tmp/vm.qga"} if holder == "guest" else None
    where = station.files if holder == "folder" else "/"
    command = ["tail", "-f", str(station.files / "file") if holder == "file" else "/dev/null"]
    with Guest(socket), subprocess.Popen(command, cwd=where, stdout=subprocess.DEVNULL) as user:
        said = restore(station, backup, guest_agent=agent)
        user.kill()
    expected = "the guest runs" if holder == "guest" else "is in use by tail (pid"
    assert expected in said["message"]
    assert files(station.files)["more"] == b"later"
    assert below(station.source) == [station.source, station.disk]
    assert restore(station, backup, guest_agent=agent)["type"] == "result"


def test_what_does_not_fit_is_refused(filesystem: Station) -> None:
    station = filesystem
    backup, _ = made(station)
    (station.files / "file").unlink()
    station.good()  # so that the space is given back
    zfs("set", f"refquota={200 << 10}", station.disk)
    said = restore(station, backup)
    assert "raise it first" in said["message"]
    zfs("set", "refquota=none", station.disk)
    zfs("create", f"{station.disk}/child")
    said = restore(station, backup)
    assert f"holds datasets that the backup does not: {station.disk}/child" in said["message"]
    for target, why in (
        (f"{station.parent}/new", "lies in storage zones"),
        (f"{station.source}/none/new", "there is no dataset"),
        (station.source, "is a whole pool"),
    ):
        assert why in do(station, "restore", backup, **new(target))["message"]
    image = new("/images/new.raw", kind="image", destroys="/images/new.raw")
    assert "is a dataset's stream" in do(station, "restore", backup, **image)["message"]
    assert files(station.files)["more"] == b"later"


def test_old_data_with_snapshots_that_no_backup_made_stays_too(station: Station) -> None:
    backup, expected = made(station)
    zfs("snapshot", f"{station.disk}@mine")
    zfs("snapshot", f"{station.disk}@too")
    said = restore(station, backup)["told"]
    (aside,) = {*below(station.source)} - {station.source, station.disk}
    why = "it has snapshots that no backup made: @mine and 1 more"
    assert said == f"the old data stays as {aside}: {why}"
    assert files(station.files) == expected
    assert is_there(f"{aside}@mine")
    assert is_there(f"{aside}@too")


def test_old_data_that_another_holds_stays_under_a_dated_name(station: Station) -> None:
    backup, expected = made(station)
    (base,) = snapshots(station.disk)
    zfs("hold", "me", f"{station.disk}@{base}")
    said = restore(station, backup)["told"]
    (aside,) = {*below(station.source)} - {station.source, station.disk}
    assert f"the old data stays as {aside}: " in said
    assert f"@{base} is held" in said
    assert files(station.files) == expected
    zfs("release", "me", f"{aside}@{base}")
    zfs("destroy", "-r", aside)  # nothing of ours holds it


def test_a_restore_keeps_to_the_bandwidth_of_its_definition(station: Station) -> None:
    (station.files / "file").write_bytes(os.urandom(1 << 20))
    backup = station.good()
    station.define(bandwidth_limit=1 << 20)
    begun = time.monotonic()
    assert do(station, "restore", backup, **new(f"{station.source}/new"))["type"] == "result"
    assert time.monotonic() - begun > 0.55  # it may catch up on some tenths of a second


def test_a_full_pool_leaves_the_old_data(station: Station) -> None:
    (station.files / "file").write_bytes(os.urandom(8 << 20))
    backup = station.good()
    (station.files / "file").write_bytes(b"later")
    free = int(zfs("get", "-H", "-p", "-o", "value", "available", station.source))
    zfs("create", "-o", f"reservation={free - (4 << 20)}", f"{station.source}/filler")
    said = restore(station, backup)
    assert f"no space left for {station.disk}" in said["message"]
    assert below(station.disk) == [station.disk]
    assert files(station.files)["file"] == b"later"

"""What only OpenZFS can: raw sends of encrypted disks, and streams that go on where they broke off.

They run in the virtual machine; the same logic on a scripted `zfs` is beside this.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.desk import RUN
from agent.zfs import disks
from agent.zfs.bench import do
from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots
from agent.zfs.test_killed import check
from holdfast.agent.jobs import runs, tickets
from holdfast.agent.jobs.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.zfs.station import Station

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(not disks.OPENZFS, reason="zfs-fuse can neither"),
]


def keyed(tmp_path: Path) -> tuple[str, ...]:
    """Return the options of a dataset that is encrypted by a key in a file."""
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    return ("-o", "encryption=on", "-o", "keyformat=raw", "-o", f"keylocation=file://{key}")


@pytest.fixture
def sealed(station: Station, tmp_path: Path) -> Iterator[Station]:
    """Return a station whose next disk lies encrypted in its pool."""
    zfs("create", *keyed(tmp_path), f"{station.source}/vault")
    inside = replace(station, source=f"{station.source}/vault")
    inside.kind.create(inside.disk)
    inside.define()
    with inside.opened(inside.disk) as folder:
        yield replace(inside, files=folder)


def unsealed(station: Station, snapshot: str, tmp_path: Path) -> dict[str, bytes]:
    """Return the files of an encrypted backup, restored raw and opened with the disk's own key."""
    target = f"{station.target}/opened-{snapshot.partition('@')[2]}"
    with subprocess.Popen(["zfs", "send", "-w", snapshot], stdout=subprocess.PIPE) as sending:
        subprocess.run(["zfs", "receive", "-u", target], stdin=sending.stdout, check=True)
    zfs("load-key", "-L", f"file://{tmp_path / 'key'}", target)
    with station.opened(target) as folder:
        return files(folder)


def test_an_encrypted_disk_is_sent_raw_and_its_key_is_not_needed(
    sealed: Station, tmp_path: Path
) -> None:
    held = {}
    for number in range(3):
        (sealed.files / f"file{number}").write_bytes(os.urandom(50_000))
        expected = files(sealed.files)
        held[sealed.good()] = expected
    assert [each["raw"] for each in sealed.listed()] == [True] * 3
    told = zfs("get", "-H", "-o", "value", "encryption,keystatus", sealed.chain).split()
    assert told == ["aes-256-gcm", "unavailable"]
    for backup, expected in held.items():
        assert unsealed(sealed, f"{sealed.chain}@{backup}", tmp_path) == expected
    first = next(iter(held))
    assert do(sealed, "verify", first)["fault"] == ""


def test_a_disk_that_is_encrypted_from_now_on_begins_a_raw_chain(
    station: Station, tmp_path: Path
) -> None:
    station.good()
    zfs("create", *keyed(tmp_path), f"{station.source}/vault")
    (held,) = snapshots(station.disk)
    path = f"{station.disk}@{held}"
    with subprocess.Popen(["zfs", "send", path], stdout=subprocess.PIPE) as sending:
        moved = f"{station.source}/vault/moved"
        subprocess.run(["zfs", "receive", "-u", moved], stdin=sending.stdout, check=True)
    station.define(source={"kind": "dataset", "place": moved, "node": "bkp01"})
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert "for the dataset is encrypted by ZFS now, so it is sent raw; the chain" in ended.reason
    assert [each.get("raw", False) for each in station.listed()] == [False, True]


def test_a_disk_that_is_encrypted_no_more_is_not_sent_in_the_clear(
    sealed: Station, tmp_path: Path
) -> None:
    del tmp_path
    first = sealed.good()
    with subprocess.Popen(
        ["zfs", "send", f"{sealed.disk}@{first}"], stdout=subprocess.PIPE
    ) as sending:
        moved = f"{sealed.target}/moved"
        subprocess.run(["zfs", "receive", "-u", moved], stdin=sending.stdout, check=True)
    sealed.define(source={"kind": "dataset", "place": moved, "node": "bkp01"})
    assert "is not encrypted by ZFS any more" in sealed.failed()
    assert sealed.names() == [first]


def test_files_of_an_encrypted_disk_are_raw_too(sealed: Station, tmp_path: Path) -> None:
    sealed.desk.settle()
    sealed.define(type="file", storage="nas", place="/mnt/nas", base_every=2)
    (sealed.files / "file").write_bytes(b"needle in a disk" * 5000)
    sealed.good()
    (sealed.files / "more").write_bytes(b"x" * 5000)
    sealed.good()
    target = f"{sealed.target}/from-files"
    stored = sorted((sealed.desk.nas / "web01/disk1").glob("*.zfs"))
    for path in stored:
        assert b"needle in a disk" not in path.read_bytes()
        subprocess.run(["zfs", "receive", "-u", target], input=path.read_bytes(), check=True)
    zfs("load-key", "-L", f"file://{tmp_path / 'key'}", target)
    with sealed.opened(target) as folder:
        assert files(folder) == files(sealed.files)


def broken_off(station: Station, dataset: str) -> str:
    """Kill a run while its stream comes into a dataset; return the snapshot that was sent."""
    layout = station.desk.layout
    run = runs.begin(layout, Run("", station.id, "prg", "manual"), datetime.now(UTC))
    ticket = tickets.write(layout, station.id, run.run)
    words = [sys.executable, "-c", RUN, "execute", ticket.name]
    with subprocess.Popen(words, env={"HOLDFAST_ROOT": str(station.desk.root)}) as process:
        _wait_until(lambda: _comes_into(dataset))
        time.sleep(2)  # some of it is to have come
        process.kill()
    _wait_until(lambda: len(_token(dataset)) > 1)
    return snapshots(station.disk)[-1]


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def _comes_into(dataset: str) -> bool:
    """Tell whether a stream is on its way into a dataset."""
    wanted = f"\0receive\0-u\0-s\0{dataset}@".encode()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes():
                return True
    return False


def _token(dataset: str) -> str:
    done = subprocess.run(
        ["zfs", "get", "-H", "-o", "value", "receive_resume_token", dataset],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def test_a_full_stream_that_broke_off_goes_on_where_it_ended(station: Station) -> None:
    (station.files / "file").write_bytes(os.urandom(12_000_000))
    expected = files(station.files)
    station.define(bandwidth_limit=2_000_000)
    name = broken_off(station, station.chain + ".incoming")
    station.define()
    (station.files / "file").write_bytes(b"later")
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert f"{name} had broken off and was finished" in ended.reason
    assert station.names() == [name, ended.backup]
    assert station.restored(f"{station.chain}@{name}") == expected
    assert station.restored(f"{station.chain}@{ended.backup}") == files(station.files)
    check(station)


def test_an_increment_that_broke_off_goes_on_or_is_cleared_away(station: Station) -> None:
    station.good()
    for is_lost in (False, True):
        (station.files / "file").write_bytes(os.urandom(12_000_000))
        expected = files(station.files)
        station.define(bandwidth_limit=2_000_000)
        name = broken_off(station, station.chain)
        station.define()
        if is_lost:
            zfs("release", "holdfast", f"{station.disk}@{name}")
            zfs("destroy", f"{station.disk}@{name}")
        ended = station.run()
        assert ended.status == "success", ended.reason
        said = "was cleared away" if is_lost else "was finished"
        assert name in ended.reason
        assert said in ended.reason
        assert (name in station.names()) != is_lost
        assert station.restored(f"{station.chain}@{ended.backup}") == expected
        check(station)


def test_a_strangers_part_is_left_alone(station: Station) -> None:
    station.good()
    (station.files / "file").write_bytes(os.urandom(3_000_000))
    (base,) = snapshots(station.disk)
    zfs("snapshot", f"{station.disk}@mine")
    words = ["zfs", "send", "-i", f"@{base}", f"{station.disk}@mine"]
    content = subprocess.run(words, capture_output=True, check=True).stdout
    subprocess.run(
        ["zfs", "receive", "-s", "-u", station.chain], input=content[:2_000_000], check=False
    )
    assert "which is none of its backups" in station.failed()
    assert len(_token(station.chain)) > 1

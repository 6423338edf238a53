"""Raw sends of encrypted disks, which only OpenZFS can.

They run in the virtual machine; the same logic on a scripted `zfs` is beside this.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(not OPENZFS, reason="zfs-fuse encrypts nothing"),
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

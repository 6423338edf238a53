"""Settings that a hostile stream brings to a restore: none of them is ever in force."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import below
from agent.zfs.pools import guid_of, is_there, zfs
from agent.zfs.station import files
from holdfast.agent.failure import Failed
from holdfast.agent.restoring import pour
from holdfast.agent.restoring.goal import DATASET, Goal
from holdfast.agent.restoring.lineage import Line
from holdfast.agent.restoring.pour import Coming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

HOSTILE = {
    "canmount": "noauto",
    "sharenfs": "on",
    "setuid": "off",
    "exec": "off",
    "devices": "off",
    "quota": "20M",
    "refquota": "20M",
    "reservation": "1M",
    "refreservation": "1M",
    "readonly": "on",
    "snapdir": "visible",
    "com.example:auto-snapshot": "true",
    "holdfast:disk": "1:2",
}


@pytest.fixture
def evil(filesystem: Station, tmp_path: Path) -> str:
    """Return a dataset whose settings would change what the node mounts, shares and allows."""
    dataset = f"{filesystem.source}/evil"
    zfs("create", "-o", f"mountpoint={tmp_path / 'elsewhere'}", dataset)
    (tmp_path / "elsewhere/file").write_bytes(b"its data")
    zfs("unmount", dataset)  # it stays so, or it would be shared
    for name, value in HOSTILE.items():
        zfs("set", f"{name}={value}", dataset)
    zfs("snapshot", "-r", f"{dataset}@s")
    zfs("set", "holdfast:keeper=mine", f"{dataset}@s")
    return dataset


def sent(*words: str) -> bytes:
    return subprocess.run(["zfs", "send", *words], check=True, stdout=subprocess.PIPE).stdout


def poured(station: Station, goal: Goal, content: bytes, guid: str) -> str:
    """Restore a stream, whoever made it; return what is told."""

    @contextlib.contextmanager
    def stream() -> Iterator[Iterable[bytes]]:
        yield [content]

    coming = Coming(len(content), [("", stream)], lambda: Line((guid,), "prg", "", ""))
    pouring = pour.into(station.desk.layout, goal, coming)
    try:
        while True:
            next(pouring)
    except StopIteration as end:
        return str(end.value)


def settings(dataset: str, *sources: str) -> dict[str, str]:
    words = ("-s", ",".join(sources), "-o", "property,value")
    told = zfs("get", "-H", *words, "all", dataset)
    return dict(line.split("\t") for line in told.splitlines())


def test_a_new_dataset_has_none_of_them(filesystem: Station, evil: str, tmp_path: Path) -> None:
    content, guid = sent("-p", f"{evil}@s"), guid_of(f"{evil}@s")
    zfs("destroy", "-r", evil)
    target = f"{filesystem.source}/fresh"
    told = poured(filesystem, Goal(DATASET, target, replaces=False), content, guid)
    what, _, names = told.partition(": ")
    assert what == "settings that the stream brought were not taken over"
    # What was excluded from the start, where the ZFS can, did not even come.
    assert {"canmount", "quota", "snapdir", "com.example:auto-snapshot"} <= set(names.split(", "))
    assert set(names.split(", ")) <= {*HOSTILE, "mountpoint"}
    assert settings(target, "received") == {}
    assert set(settings(target, "local").values()) <= {"on", "none"}
    assert files(tmp_path / f"{filesystem.source}/fresh") == {"file": b"its data"}
    assert files(tmp_path / "elsewhere") == {}


def test_one_that_takes_the_place_of_another_has_the_old_ones(
    filesystem: Station, evil: str
) -> None:
    content, guid = sent("-p", f"{evil}@s"), guid_of(f"{evil}@s")
    zfs("destroy", "-r", evil)
    zfs("set", "atime=off", filesystem.disk)
    zfs("set", "quota=100M", filesystem.disk)
    told = poured(filesystem, Goal(DATASET, filesystem.disk, replaces=True), content, guid)
    assert "quota" in told
    assert settings(filesystem.disk, "received") == {}
    found = settings(filesystem.disk, "local")
    assert (found["atime"], found["quota"]) == ("off", "100M")
    assert files(filesystem.files) == {"file": b"its data"}


def test_a_dataset_that_nobody_asked_for_is_refused(
    filesystem: Station, evil: str, tmp_path: Path
) -> None:
    place = f"mountpoint={tmp_path / 'below'}"
    zfs("create", "-o", "canmount=off", "-o", place, f"{evil}/below")
    zfs("destroy", f"{evil}@s")
    zfs("snapshot", "-r", f"{evil}@t")
    content, guid = sent("-R", f"{evil}@t"), guid_of(f"{evil}@t")
    zfs("destroy", "-r", evil)
    target = f"{filesystem.source}/fresh"
    with pytest.raises(Failed, match="brought a dataset that is not of the backup: below"):
        poured(filesystem, Goal(DATASET, target, replaces=False), content, guid)
    assert not is_there(target)
    assert below(filesystem.source) == [filesystem.source, filesystem.disk]


def test_a_plain_stream_brings_nothing(filesystem: Station, evil: str) -> None:
    content, guid = sent(f"{evil}@s"), guid_of(f"{evil}@s")
    zfs("destroy", "-r", evil)
    target = f"{filesystem.source}/fresh"
    assert poured(filesystem, Goal(DATASET, target, replaces=False), content, guid) == ""
    assert settings(target, "local", "received") == {}

"""How long a stream will be, as its ZFS estimates it, for whoever watches a backup."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import zfs
from agent.zfs.scripted import FUSE_RECEIVE, FUSE_SEND, Script, ask_anew, on_path
from holdfast.agent.zfs import snapshots, stream, streamsize
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.zfs.station import Station

BASE = Snapshot("a/disk", "one", "1", 1, "", "", "", 500)
SNAPSHOT = Snapshot("a/disk", "two", "2", 2, "", "", "", 700)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    monkeypatch.setenv("PATH", on_path(tmp_path))
    ask_anew()
    yield Script(tmp_path)
    ask_anew()


def test_it_is_what_zfs_says_of_the_very_stream(script: Script) -> None:
    script.answer("send -nvP a/disk@two", "full\ta/disk@two\t812\nsize\t812\n")
    script.answer("send -nvP -w -i @one a/disk@two", "incremental\tone\ta/disk@two\t64\nsize\t64\n")
    assert streamsize.about(SNAPSHOT, None, stream.PLAIN) == 812
    assert streamsize.about(SNAPSHOT, BASE, stream.RAW) == 64


def test_what_cannot_be_told_is_not_known(script: Script) -> None:
    script.answer("send -nvP a/disk@two", errors="cannot open 'a/disk@two': it is strange")
    assert streamsize.about(SNAPSHOT, None, stream.PLAIN) == 0
    script.answer("send -nvP -i @one a/disk@two", "size\tlarge\n")
    assert streamsize.about(SNAPSHOT, BASE, stream.PLAIN) == 0


def test_without_estimates_a_whole_one_is_about_what_it_refers_to(script: Script) -> None:
    script.usage(FUSE_SEND, FUSE_RECEIVE)
    assert streamsize.about(SNAPSHOT, None, stream.PLAIN) == 700
    assert streamsize.about(SNAPSHOT, BASE, stream.PLAIN) == 0
    assert script.called("send") == []


@pytest.mark.hosts
def test_it_is_near_to_what_comes(station: Station) -> None:
    for name in ("one", "two"):
        (station.files / "file").write_bytes(os.urandom(1 << 20))
        zfs("snapshot", f"{station.disk}@{name}")
    one, two = snapshots.of(station.disk) or []
    sent = subprocess.run(
        ["zfs", "send", "-i", "@one", two.path], check=True, capture_output=True
    ).stdout
    told = streamsize.about(two, one, stream.PLAIN)
    assert told == pytest.approx(len(sent), rel=0.1) if OPENZFS else told == 0

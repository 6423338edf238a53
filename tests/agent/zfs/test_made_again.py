"""A server that was deleted and made again under its old name: another machine, with its uuid."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, new, told
from agent.zfs.pools import patiently, zfs
from agent.zfs.station import files

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def made(station: Station) -> tuple[str, dict[str, bytes]]:
    """Make a backup of new data; return its name and the data."""
    (station.files / "file").write_bytes(os.urandom(50_000))
    held = files(station.files)
    return station.good(), held


def test_the_first_ones_backups_are_left_alone(filesystem: Station) -> None:
    station = filesystem
    first = dict(made(station) for _ in range(3))
    for snapshot in zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", station.disk).split():
        zfs("release", "holdfast", snapshot)
    patiently("zfs", "destroy", "-r", station.disk)
    station.kind.create(station.disk)
    station.define(uuid="another machine", retention={"last": 1})
    for _ in range(3):
        newest, held = made(station)
    assert station.names() == [*first, newest]
    assert {status for status, *_ in told(station).values()} == {"ok"}
    for number, (backup, expected) in enumerate({**first, newest: held}.items()):
        target = f"{station.source}/new{number}"
        assert do(station, "restore", backup, **new(target))["type"] == "result"
        with station.opened(target) as folder:
            assert files(folder) == expected


def test_nor_are_they_where_it_got_the_same_disk(station: Station) -> None:
    first = [made(station)[0] for _ in range(2)]
    station.define(uuid="another machine", retention={"last": 1})
    newest = [made(station)[0] for _ in range(3)][-1]
    assert station.names() == [*first, newest]
    assert {status for status, *_ in told(station).values()} == {"ok"}

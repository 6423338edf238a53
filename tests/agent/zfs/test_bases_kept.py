"""What a new full stream is sent in place of stays a base until that stream has come whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import zfs
from agent.zfs.station import snapshots
from agent.zfs.test_recursive import define, family

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

LARGE = 16_000_000


@pytest.mark.parametrize("kind", ["alone", "tree"])
def test_a_manifest_that_is_put_back_after_a_failed_full_stream_saves_the_next(
    filesystem: Station, kind: str
) -> None:
    station = filesystem
    (station.files / "file").write_bytes(os.urandom(LARGE))
    if kind == "tree":
        station = family(station)
        define(station, retention={"last": 9})
        first = station.good()
    else:
        first = station.good(station.define(definition="hourly"))
    manifest = station.manifests / f"{first}.json"
    text = manifest.read_text()
    manifest.unlink()
    zfs("inherit", "holdfast:manifest", f"{station.chain}@{first}")
    free = int(zfs("get", "-H", "-p", "-o", "value", "available", station.target))
    filler = f"{station.target}/filler"
    zfs("create", "-o", f"reservation={free - LARGE // 4}", filler)
    assert "no space left" in station.failed()
    assert first in snapshots(station.disk)
    if OPENZFS and kind == "alone":  # else the next run goes on with what had come
        zfs("receive", "-A", station.chain + ".incoming")
    zfs("set", "reservation=none", filler)
    manifest.write_text(text)
    ended = station.run()
    assert (ended.status, ended.reason) == ("success", "")
    assert snapshots(station.chain) == [first, ended.backup]
    assert snapshots(station.disk) == [ended.backup]

"""A bit that flips in the pool's own file, where a backup lies, is found; nothing is restored."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, new, told
from agent.zfs.pools import is_there, run
from agent.zfs.station import files

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

# Each is a backup of its own, for what was read once is read from memory; more take minutes.
PLACES = int(os.environ.get("HOLDFAST_TEST_FLIPS", "6"))
RECORD = 16 << 10


def flip(station: Station, contents: list[bytes]) -> None:
    """Flip one bit of each content, somewhere, in the pool's own file."""
    backing: Path = station.desk.root.parent / f"{station.target}.pool"
    run("zpool", "export", station.target)
    lies = bytearray(backing.read_bytes())
    chance = random.Random(PLACES)  # noqa: S311 - any places will do
    for content in contents:
        place = lies.index(content) + chance.randrange(len(content))
        lies[place] ^= 1 << chance.randrange(8)
    backing.write_bytes(lies)
    run("zpool", "import", "-d", str(backing.parent), station.target)


def test_a_flipped_bit_is_found_and_refused(filesystem: Station) -> None:
    station = filesystem
    station.define(retention={"last": PLACES + 2})
    held = {}
    for _ in range(PLACES + 1):
        held[station.good()] = content = os.urandom(RECORD)
        (station.files / "file").write_bytes(content)
    newest = station.good()
    (empty, *backups), contents = held, list(held.values())
    flip(station, contents[:-1])
    target = f"{station.source}/new"
    for backup in backups:
        assert do(station, "restore", backup, **new(target))["type"] == "failure"
        assert not is_there(target)
        assert do(station, "verify", backup)["fault"] != ""
    statuses = {name.rpartition("/")[2]: status for name, (status, *_) in told(station).items()}
    assert statuses == {**dict.fromkeys(backups, "lost"), newest: "ok", empty: "ok"}
    assert do(station, "restore", newest, **new(target))["type"] == "result"
    with station.opened(target) as folder:
        assert files(folder) == {"file": contents[-1]}

"""A bit that flips in the pool's own file is found where a backup lies, and nothing is restored.

What ZFS has of its own it keeps twice and heals; where it cannot, that is found too.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from agent.zfs import flipping
from agent.zfs.bench import do, new, over, told
from agent.zfs.pools import is_there
from agent.zfs.station import files

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

PLACES = int(os.environ.get("HOLDFAST_TEST_FLIPS", "50"))  # a thousand take minutes
CHANCE = random.Random(PLACES)  # noqa: S311 - any places will do
AT_ONCE = 10  # backups, each with a flip of its own
ELSEWHERE = 20  # flips at once, wherever they come to lie
RECORD = 16 << 10


def filled(station: Station, count: int) -> dict[str, bytes]:
    """Make so many backups, each with a content of its own; return these by name."""
    station.define(retention={"last": count})
    held = {}
    for _ in range(count):
        (station.files / "file").write_bytes(content := os.urandom(RECORD))
        held[station.good()] = content
    return held


def statuses(station: Station) -> dict[str, object]:
    return {name.rpartition("/")[2]: status for name, (status, *_) in told(station).items()}


def test_a_flipped_bit_is_found_and_refused(filesystem: Station) -> None:
    station = filesystem
    held = filled(station, AT_ONCE + 1)
    *backups, newest = held
    begins = flipping.begins(station, [held[backup] for backup in backups])
    target = f"{station.source}/new"
    found = 0
    while found < PLACES:
        bits = [flipping.anywhere(CHANCE, begin, RECORD) for begin in begins]
        with flipping.flipped(station, bits):
            for backup in backups:
                assert do(station, "restore", backup, **new(target))["type"] == "failure"
                assert not is_there(target)
                assert do(station, "verify", backup)["fault"] != ""
                found += 1
            assert do(station, "verify", newest)["fault"] == ""
            assert statuses(station) == {**dict.fromkeys(backups, "lost"), newest: "ok"}
        assert statuses(station) == dict.fromkeys(held, "ok")
    for backup, content in held.items():
        assert do(station, "verify", backup)["fault"] == ""
        assert do(station, "restore", backup, **over(station))["type"] == "result"
        assert files(station.files) == {"file": content}


def test_a_bit_flipped_anywhere_never_gives_other_bytes(filesystem: Station) -> None:
    station = filesystem
    held = filled(station, 3)
    (station.files / "file").write_bytes(now := os.urandom(RECORD))
    sectors = flipping.used(station)
    healed = 0
    for _ in range(0, PLACES, ELSEWHERE):
        some = CHANCE.sample(sectors, ELSEWHERE)
        bits = [flipping.anywhere(CHANCE, begin, flipping.SECTOR) for begin in some]
        with flipping.flipped(station, bits):
            for backup, content in held.items():
                restored = do(station, "restore", backup, **over(station))["type"] == "result"
                now = content if restored else now
                assert files(station.files) == {"file": now}
                is_whole = do(station, "verify", backup).get("fault") == ""
                assert restored == is_whole
                healed += is_whole
    assert healed > 0

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
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import is_there
from agent.zfs.station import files

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

# A thousand take minutes: `just flips` asks for them. What reads a snapshot is the same for both
# acts, but a restore that is refused takes four times as long as a verification: unless a number
# is asked for, one of so many is tried.
ASKED = os.environ.get("HOLDFAST_TEST_FLIPS")
PLACES = int(ASKED or ("5" if OPENZFS else "50"))
TRIED = 1 if ASKED or OPENZFS else 5
CHANCE = random.Random(PLACES)  # noqa: S311 - any places will do
AT_ONCE = min(PLACES, 10)  # backups, each with a flip of its own
ELSEWHERE = 20  # flips at once, wherever they come to lie
ROUNDS = min(-(-PLACES // ELSEWHERE), PLACES if ASKED else 5)  # each has several whole restores
RECORD = 1 << 10  # no more than a block of the file system that is on a volume


def write(station: Station, content: bytes) -> None:
    """Put a content in the place of the one before, of which nothing stays on the disk."""
    path = station.files / "file"
    with path.open("r+b" if path.exists() else "xb") as file:
        file.write(content)


def filled(station: Station, count: int) -> dict[str, bytes]:
    """Make so many backups, each with a content of its own; return these by name."""
    station.define(retention={"last": count})
    held = {}
    for _ in range(count):
        write(station, content := os.urandom(RECORD))
        held[station.good()] = content
    return held


def statuses(station: Station) -> dict[str, object]:
    return {name.rpartition("/")[2]: status for name, (status, *_) in told(station).items()}


def restored(station: Station, backup: str) -> bool:
    """Restore a backup over the disk; tell whether that was done."""
    with station.kind.idle(station.disk, station.files):
        return do(station, "restore", backup, **over(station))["type"] == "result"


def test_a_flipped_bit_is_found_and_refused(station: Station) -> None:
    held = filled(station, AT_ONCE + 1)
    *backups, newest = held
    begins = flipping.begins(station, [held[backup] for backup in backups])
    target = f"{station.source}/new"
    found = 0
    while found < PLACES:
        bits = [flipping.anywhere(CHANCE, begin, RECORD) for begin in begins]
        with flipping.flipped(station, bits):
            for backup in backups:
                if (found + found // AT_ONCE) % TRIED == 0:  # each of them in its turn
                    assert do(station, "restore", backup, **new(target))["type"] == "failure"
                    assert not is_there(target)
                assert do(station, "verify", backup)["fault"] != ""
                found += 1
            assert do(station, "verify", newest)["fault"] == ""
            assert statuses(station) == {**dict.fromkeys(backups, "lost"), newest: "ok"}
        assert statuses(station) == dict.fromkeys(held, "ok")
    for number, (backup, content) in enumerate(held.items()):
        assert do(station, "verify", backup)["fault"] == ""
        if number % TRIED == 0:
            assert restored(station, backup)
            assert files(station.files) == {"file": content}


@pytest.mark.slow
def test_a_bit_flipped_anywhere_never_gives_other_bytes(filesystem: Station) -> None:
    station = filesystem
    held = filled(station, 3)
    write(station, now := os.urandom(RECORD))
    sectors = flipping.used(station)
    healed = 0
    for _ in range(ROUNDS):
        some = CHANCE.sample(sectors, ELSEWHERE)
        bits = [flipping.anywhere(CHANCE, begin, flipping.SECTOR) for begin in some]
        with flipping.flipped(station, bits):
            for backup, content in held.items():
                is_restored = restored(station, backup)
                now = content if is_restored else now
                assert files(station.files) == {"file": now}
                is_whole = do(station, "verify", backup).get("fault") == ""
                assert is_restored == is_whole
                healed += is_whole
    assert healed > 0

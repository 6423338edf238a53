"""An increment is restored and verified upon its base, and only upon that."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, new, over, told
from agent.zfs.pools import is_there
from agent.zfs.station import files, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.fixture
def chain(station: Station) -> tuple[Station, str, list[tuple[str, dict[str, bytes]]]]:
    """Return a station with a base and two increments, and what the disk held at each."""
    station.desk.settle()
    identity = station.define(type="file", storage="nas", place="/mnt/nas", base_every=4)
    held = []
    for _ in range(3):
        (station.files / "file").write_bytes(os.urandom(50_000))
        expected = files(station.files)
        held.append((station.good(identity), expected))
    return station, identity, held


def stored(station: Station, backup: str) -> Path:
    (found,) = (station.desk.nas / "web01/disk1").glob(f"{backup}.zfs*")
    return found


def act(station: Station, what: str, backup: str, **arguments: object) -> dict[str, object]:
    return do(station, what, backup, storage="nas", **arguments)


def test_each_is_what_the_disk_held(
    chain: tuple[Station, str, list[tuple[str, dict[str, bytes]]]],
) -> None:
    station, identity, held = chain
    for number, (backup, expected) in enumerate(held):
        target = f"{station.source}/new{number}"
        assert act(station, "restore", backup, **new(target))["type"] == "result"
        with station.opened(target) as folder:
            assert files(folder) == expected
        assert snapshots(target) == []
    backup, expected = held[1]
    with station.kind.idle(station.disk, station.files):
        done = act(station, "restore", backup, **over(station))
    assert (done["type"], done["is_base"]) == ("result", True)
    assert files(station.files) == expected
    station.good(identity)
    documents = [path.read_text() for path in (station.desk.nas / "web01/disk1").glob("*.json")]
    assert sum('"kind":"incremental"' in text for text in documents) == 3


def test_a_base_that_was_altered_is_found_with_each_of_its_increments(
    chain: tuple[Station, str, list[tuple[str, dict[str, bytes]]]],
) -> None:
    station, _, held = chain
    (base, _), (increment, _), _ = held
    path = stored(station, base)
    whole = path.read_bytes()
    path.write_bytes(whole[:9000] + bytes([whole[9000] ^ 1]) + whole[9001:])
    assert act(station, "verify", increment, alone=True)["fault"] == ""
    refused = act(station, "restore", increment, **new(f"{station.source}/new"))
    words = ("are not those of the manifest", "altered or damaged")  # whoever sees it first
    assert any(word in str(refused["message"]) for word in words)
    found = act(station, "verify", increment)["fault"]
    assert f"its base {base} is lost: the stored bytes are not" in str(found)
    assert {status for status, *_ in told(station).values()} == {"lost"}
    path.write_bytes(whole)
    refused = act(station, "restore", increment, **new(f"{station.source}/new"))
    assert "verify it again" in str(refused["message"])
    assert act(station, "verify", increment)["fault"] == ""
    assert {status for status, *_ in told(station).values()} == {"ok"}


@pytest.mark.parametrize("part", ["base", "increment"])
@pytest.mark.parametrize("flipped", ["file", "manifest"])
def test_a_bit_flipped_anywhere_in_either_is_refused(
    chain: tuple[Station, str, list[tuple[str, dict[str, bytes]]]], part: str, flipped: str
) -> None:
    station, _, ((base, _), (increment, expected), _) = chain
    path = stored(station, base if part == "base" else increment)
    path = path if flipped == "file" else path.with_suffix(".json")
    whole, target = path.read_bytes(), f"{station.source}/new"
    chance = random.Random(f"{part} {flipped}")  # noqa: S311 - any places will do
    for _ in range(5):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        assert act(station, "restore", increment, **new(target))["type"] == "failure"
        assert not is_there(target)
        seen = act(station, "verify", increment)
        assert seen["type"] == "failure" or seen["fault"]
        path.write_bytes(whole)
        assert act(station, "verify", increment)["fault"] == ""
    assert act(station, "restore", increment, **new(target))["type"] == "result"
    with station.opened(target) as folder:
        assert files(folder) == expected

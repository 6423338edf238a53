"""What a person does with a backup that is a snapshot: lock, verify, delete, download."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.standing import standing
from agent.zfs.bench import do, new, request, told
from agent.zfs.pools import is_there, zfs
from agent.zfs.station import snapshots
from holdfast.agent.backups import state

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def test_a_locked_snapshot_outlives_rotation_and_deletion(station: Station) -> None:
    station.define(retention={"last": 1})
    first = station.good()
    locked = do(station, "lock", first, reason="audit", until=None)
    assert locked["type"] == "result"
    with pytest.raises(AssertionError, match=r"dataset is busy|snapshot has dependent|holds"):
        zfs("destroy", f"{station.chain}@{first}")
    second = station.good()
    assert told(station) == {
        f"web01:1/{first}": ("ok", True, True),
        f"web01:1/{second}": ("ok", False, True),
    }
    refused = do(station, "delete", first, destroys=f"web01:1/{first}")
    assert f"web01:1/{first} is locked" in refused["message"]
    do(station, "unlock", first)
    deleted = do(station, "delete", first, destroys=f"web01:1/{first}")
    assert deleted == {"type": "result", "backup": f"web01:1/{first}"}
    assert snapshots(station.chain) == [second]
    assert station.names() == [second]


def test_a_lock_that_has_ended_keeps_nothing(station: Station) -> None:
    station.define(retention={"last": 1})
    first = station.good()
    do(station, "lock", first, reason="audit", until="2199-01-01T00:00:00Z")
    assert zfs("get", "-H", "-o", "value", "userrefs", f"{station.chain}@{first}").strip() == "1"
    said = state.read(str(station.manifests), first)
    (lock,) = said.locks
    ended = lock._replace(until=lock.until and lock.until.replace(year=2020))
    state.write(str(station.manifests), first, said._replace(locks=(ended,)))
    second = station.good()
    assert snapshots(station.chain) == [second]


def test_the_hold_of_a_lock_whose_state_is_lost_is_still_a_lock(station: Station) -> None:
    station.define(retention={"last": 1})
    first = station.good()
    do(station, "lock", first, reason="audit", until=None)
    (station.manifests / f"{first}.state.json").unlink()
    second = station.run()
    assert "stays as it is" in second.reason
    do(station, "note", first, text="who locked this?")
    do(station, "verify", first)
    refused = do(station, "delete", first, destroys=f"web01:1/{first}")
    assert "stays as it is" in refused["message"]
    assert first in snapshots(station.chain)
    assert do(station, "unlock", first)["type"] == "result"
    assert "has no lock by hand" in do(station, "unlock", first)["message"]
    third = station.good()
    assert snapshots(station.chain) == [third]


def test_a_snapshot_is_verified_by_reading_its_whole_stream(station: Station) -> None:
    (station.files / "file").write_bytes(bytes(range(256)) * 8000)
    backup = station.good()
    seen = do(station, "verify", backup)
    assert (seen["type"], seen["fault"]) == ("result", "")
    assert seen["bytes"] > 2_000_000


def test_what_is_done_with_a_snapshot_is_seen_meanwhile(station: Station) -> None:
    name = f"web01:1/{station.good()}"
    for doing, seen, arguments in (
        ("restore", "restore", new(f"{station.source}/new")),
        ("verify", "pending", {}),
        ("outflow", "pending", {"offset": 0}),
    ):
        wanted = request(station, doing, name.rpartition("/")[2], **arguments)
        with standing(station.desk, wanted, "zfs send .*@"):
            assert told(station)[name] == (seen, False, True)
        assert told(station)[name] == ("ok", False, True)


def test_blocks_that_were_altered_in_the_pool_are_found(station: Station) -> None:
    content = b"needle in a pool" * 50_000
    (station.files / "file").write_bytes(content)
    backup = station.good()
    station.spoil(content[:4096])
    assert do(station, "verify", backup)["fault"] != ""
    assert told(station)[f"web01:1/{backup}"][0] == "lost"


def test_a_snapshot_has_no_file_to_hand_out(station: Station) -> None:
    backup = station.good()
    said = do(station, "fetch", backup, offset=0, length=1)
    assert "is a snapshot below" in said["message"]
    assert is_there(f"{station.chain}@{backup}")

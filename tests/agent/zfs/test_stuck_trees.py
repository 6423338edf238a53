"""Of a backup of several datasets all goes or nothing: what half went never is a backup again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, told
from agent.zfs.pools import is_there, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_recursive import define, family, restored, tree, write
from holdfast.agent.backups import state
from holdfast.agent.zfs import kept

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.bench import Line
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

PATHS = ("", "/data", "/data/deep")


@pytest.fixture
def station(filesystem: Station) -> Station:
    """Return a station whose disk has a child and a grandchild."""
    return family(filesystem)


def delete(station: Station, backup: str) -> Line:
    return do(station, "delete", backup, destroys=f"web01:1/{backup}")


def are_there(station: Station, backup: str) -> list[bool]:
    return [is_there(f"{station.chain}{path}@{backup}") for path in PATHS]


def half_removed(station: Station, backup: str) -> Path:
    """Leave a removal of which the children went, and the rest cannot for somebody's hold."""
    path = station.manifests / f"{backup}.json"
    going = path.rename(path.with_name(f".{backup}.json.prg.partial"))
    for child in ("/data/deep", "/data"):
        zfs("destroy", f"{station.chain}{child}@{backup}")
    zfs("hold", "legal", f"{station.chain}@{backup}")
    return going


def test_nothing_is_deleted_of_one_that_somebody_holds(station: Station) -> None:
    define(station, retention={"last": 9})
    first, held = station.good(), tree(station)
    write(station, "data", "data/deep")
    second, path = station.good(), f"{station.chain}@{first}"
    zfs("hold", "legal", path)
    said = str(delete(station, first)["message"])
    assert said.startswith(f"{path} is held: `zfs release")
    assert said.endswith("; until then it stays as it is")
    assert {status for status, _, _ in told(station).values()} == {"ok"}
    assert station.names() == [first, second]
    assert restored(station, first) == held
    zfs("release", "legal", path)
    assert delete(station, first)["type"] == "result"
    assert not any(are_there(station, first))
    assert station.names() == [second]


def test_a_clone_of_a_child_keeps_all_of_a_backup_from_rotation(station: Station) -> None:
    define(station, retention={"last": 1})
    first, held = station.good(), tree(station)
    write(station, "data", "data/deep")
    clone, path = f"{station.target}/looked-into", f"{station.chain}/data@{first}"
    zfs("clone", "-o", "canmount=off", path, clone)
    ended = station.run()
    assert ended.status == "warning"
    assert f"rotation: web01:1/{first}: {path} has a clone, {clone}: destroy " in ended.reason
    assert {status for status, _, _ in told(station).values()} == {"ok"}
    assert restored(station, first) == held
    zfs("destroy", clone)
    last = station.good()
    for each in PATHS:
        assert snapshots(station.chain + each) == [last]


def test_the_hold_of_a_lock_that_has_ended_keeps_nothing(station: Station) -> None:
    define(station, retention={"last": 1})
    first = station.good()
    do(station, "lock", first, reason="audit", until="2199-01-01T00:00:00Z")
    said = state.read(str(station.manifests), first)
    (lock,) = said.locks
    ended = lock._replace(until=lock.until and lock.until.replace(year=2020))
    state.write(str(station.manifests), first, said._replace(locks=(ended,)))
    second = station.good()
    assert snapshots(f"{station.chain}/data") == station.names() == [second]


def test_one_whose_removal_had_only_begun_is_a_backup_again(station: Station) -> None:
    define(station, retention={"last": 9})
    first = station.good()
    path = station.manifests / f"{first}.json"
    going = path.rename(path.with_name(f".{first}.json.prg.partial"))
    zfs("hold", "legal", f"{station.chain}@{first}")
    ended = station.run()
    assert (ended.status, ended.reason) == ("success", "")
    assert station.names() == [first, ended.backup]
    assert all(are_there(station, first))
    assert not going.exists()


@pytest.mark.parametrize("which", [0, 1], ids=["older", "newest"])
def test_what_half_went_stays_so_and_goes_once_it_can(station: Station, which: int) -> None:
    define(station, retention={"last": 9})
    both = [station.good(), station.good()]
    gone = both.pop(which)
    going = half_removed(station, gone)
    for _ in range(2):
        ended = station.run()
        both.append(ended.backup)
        assert ended.status == "success"
        assert (
            f"{gone} is removed in part, the next run of its definition goes on: " in ended.reason
        )
        assert f"@{gone} is held: " in ended.reason
        assert "no run of this node left it so" not in ended.reason
        assert going.exists()
        assert told(station) == {f"web01:1/{name}": ("ok", False, True) for name in both}
    (path,) = (each for each in listing(station) if each.endswith(f"@{gone}"))
    zfs("release", "legal", path)
    assert gone not in station.run().reason
    assert not is_there(path)
    assert not going.exists()


def listing(station: Station) -> list[str]:
    return zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", station.parent).split()


def test_a_hold_that_comes_in_the_midst_leaves_no_half_backup(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(station, retention={"last": 9})
    first, path = station.good(), f"{station.chain}/data"

    def late(*_: str) -> str:
        monkeypatch.undo()
        zfs("hold", "legal", f"{path}@{first}")
        return ""

    monkeypatch.setattr(kept, "why", late)
    said = str(delete(station, first)["message"])
    assert said.startswith(f"{first} is removed in part, the next run of its definition goes on: ")
    assert f"{path}@{first} is held: " in said
    assert are_there(station, first) == [True, True, False]
    assert told(station) == {}
    zfs("release", "legal", f"{path}@{first}")
    second = station.good()
    assert told(station).keys() == {f"web01:1/{second}"}
    assert not any(are_there(station, first))


def test_one_that_has_lost_a_child_stays_while_it_is_held_and_goes_then(station: Station) -> None:
    define(station, retention={"last": 9})
    first = station.good()
    zfs("destroy", f"{station.chain}/data/deep@{first}")
    zfs("hold", "legal", f"{station.chain}@{first}")
    assert "; until then it stays as it is" in delete(station, first)["message"]
    assert are_there(station, first) == [True, True, False]
    assert station.names() == [first]
    zfs("release", "legal", f"{station.chain}@{first}")
    assert delete(station, first)["type"] == "result"
    assert not any(are_there(station, first))
    assert station.names() == []
    assert station.run().status == "success"

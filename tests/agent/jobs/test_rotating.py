"""Rotation after real runs: what goes, what waits, and whose backups are left alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import made
from agent.desk import ID, Desk
from holdfast.agent import definition as definitions
from holdfast.agent.backups import claim, listing, state
from holdfast.agent.failure import Failed, Unfinished
from holdfast.agent.jobs import rotation, runs, sequence
from holdfast.agent.stores.directory import Directory

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.jobs.runs import Run

pytestmark = pytest.mark.slow  # each test makes several backups


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def run(desk: Desk) -> Run:
    """Make one backup and return its run."""
    desk.run("run", "prg", ID)
    return runs.read(desk.layout, ID)[-1]


def seed(desk: Desk, count: int) -> list[str]:
    """Put so many earlier backups there; return their names, oldest first."""
    names = [f"weekly-20261101_{number:06d}" for number in range(1, count + 1)]
    for number, name in enumerate(names, 1):
        desk.store("web01/disk2", made(backup=name, file=name + ".img", sequence=number))
    return names


def test_old_backups_go_one_for_one_and_what_waits_is_told(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    old = seed(desk, 4)
    ended = run(desk)
    assert ended.status == "success"
    waiting = [f"web01:2/{backup}" for backup in old[1:]]
    assert ended.reason == "3 old backups wait for approval: " + ", ".join(waiting)
    assert [m["sequence"] for m in desk.manifests()] == [2, 3, 4, 5]
    desk.put_json(f"definitions/{ID}.approved.json", {"names": waiting[1:]})
    assert run(desk).reason == "1 old backups wait for approval: " + f"web01:2/{ended.backup}"
    assert [m["sequence"] for m in desk.manifests()] == [5, 6]
    assert len(desk.names()) == 4


def test_what_is_being_restored_stays_until_the_next_rotation(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    (old,) = seed(desk, 1)
    with claim.held(desk.layout, desk.layout.under("/mnt/nas"), f"web01:2/{old}", claim.RESTORE):
        assert run(desk).status == "success"
    assert [m["sequence"] for m in desk.manifests()] == [1, 2]
    assert run(desk).reason == ""
    assert [m["sequence"] for m in desk.manifests()] == [3]


class Locking(Directory):
    """A store in which somebody locks a backup once it is decided what goes."""

    def check(self) -> None:
        super().check()
        lock = state.Lock("audit", None)
        for path in Path(self.folder).glob("*000001.json"):
            state.write(self.folder, path.stem, state.State((lock,)))


def test_what_is_locked_while_a_rotation_is_under_way_stays(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    seed(desk, 3)
    wanted = definitions.load(desk.layout, ID)
    assert wanted is not None
    marker = json.loads((desk.nas / ".holdfast-storage.json").read_text())["id"]
    rotation.approve(desk.layout, ID, [m["backup"] for m in desk.manifests()])
    store = Locking(desk.layout, wanted, marker, ("prg",))
    (desk.disk / "weekly-20261101_000001.state.json").unlink()  # nobody has, when it is listed
    with pytest.raises(Failed, match="web01:2/weekly-20261101_000001 is locked"):
        rotation.carry_out(desk.layout, wanted, ("prg",), store, datetime.now(UTC))
    assert [m["sequence"] for m in desk.manifests()] == [1, 3]


class Halving(Directory):
    """A store in which what is to go goes in part, and is no backup any more."""

    def remove(self, backup: Backup) -> None:
        super().remove(backup)
        raise Unfinished("removed in part")


def test_what_went_in_part_lets_no_other_go_in_its_place(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    seed(desk, 3)
    wanted = definitions.load(desk.layout, ID)
    assert wanted is not None
    marker = json.loads((desk.nas / ".holdfast-storage.json").read_text())["id"]
    rotation.approve(desk.layout, ID, [m["backup"] for m in desk.manifests()][:1])
    store = Halving(desk.layout, wanted, marker, ("prg",))
    sequence.take(desk.layout, ID, store.backups())
    sequence.rotated(desk.layout, ID, 1)  # all but the last number
    with pytest.raises(Failed, match="web01:2/weekly-20261101_000001: removed in part"):
        rotation.carry_out(desk.layout, wanted, ("prg",), store, datetime.now(UTC))
    own = store.backups()
    assert sequence.unrotated(desk.layout, ID, own) == 0


def test_a_rotation_that_cannot_be_decided_is_a_warning_and_removes_nothing(desk: Desk) -> None:
    seed(desk, 3)
    desk.put_json(f"definitions/{ID}.approved.json", "all")
    ended = run(desk)
    assert ended.status == "warning"
    assert "rotation: " in ended.reason
    assert [m["sequence"] for m in desk.manifests()] == [1, 2, 3, 4]


def test_numbers_are_never_used_twice_and_outlive_every_record(desk: Desk) -> None:
    seed(desk, 1)
    run(desk)
    for path in desk.disk.glob("*"):
        path.unlink()
    run(desk)
    assert [m["sequence"] for m in desk.manifests()] == [3]
    (desk.root / f"var/lib/holdfast/prg/sequences/{ID}.json").unlink()
    run(desk)
    assert [m["sequence"] for m in desk.manifests()] == [3, 4]


def test_a_new_machine_under_an_old_name_leaves_the_first_ones_backups_alone(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    run(desk)
    desk.define(retention={"last": 1}, uuid="another machine")
    run(desk)
    assert [m["uuid"] for m in desk.manifests()] == ["6f1c", "another machine"]
    assert [m["sequence"] for m in desk.manifests()] == [1, 2]


def test_a_renamed_definition_keeps_and_rotates_its_backups(desk: Desk) -> None:
    run(desk)
    (desk.root / f"etc/holdfast/prg/definitions/{ID}.json").unlink()
    renamed = desk.define(definition="sunday", was=[ID], retention={"last": 1})
    assert desk.run("run", "prg", renamed).returncode == 0
    assert [m["definition"] for m in desk.manifests()] == [renamed]


def test_a_lost_backup_is_neither_counted_nor_removed(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    run(desk)
    (lost,) = desk.disk.glob("*.img")
    lost.unlink()
    run(desk)
    assert [b.status for b in listing.backups(str(desk.nas))] == ["lost", "ok"]

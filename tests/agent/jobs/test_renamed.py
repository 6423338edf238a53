"""A server that was renamed: its earlier backups lie in the old folder and stay its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import made, typed
from agent.desk import Desk
from holdfast.agent import stores
from holdfast.agent.backups import stock
from holdfast.agent.jobs import runs
from holdfast.agent.stores import partial
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each test makes several backups

RENAMED = "weekly@web02:2"
CHANGES = {"server": "web02", "was": ["weekly@web01:2", "old@web01:2"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path).settle()
    found.define(**CHANGES, retention={"last": 3})
    return found


def seed(desk: Desk, folder: str, count: int, **changes: object) -> list[str]:
    """Put so many backups into a folder of the storage; return their names, oldest first."""
    names = [f"weekly-20261101_{number:06d}" for number in range(1, count + 1)]
    for number, name in enumerate(names, 1):
        fields = {"backup": name, "file": name + ".img", "sequence": number, **changes}
        desk.store(folder, made(**fields))
    return names


def numbers(desk: Desk) -> dict[str, int]:
    """Return the sequence numbers of the definition's backups by full name."""
    wanted = typed(**CHANGES)
    own = stock.own(desk.layout, wanted)
    return {b.name: b.manifest.sequence for b in own if b.manifest is not None}


def test_backups_from_before_a_rename_count_and_are_rotated(desk: Desk) -> None:
    seed(desk, "web01/disk2", 3)
    assert list(numbers(desk).values()) == [1, 2, 3]
    desk.run("run", "prg", RENAMED)
    ended = runs.read(desk.layout, RENAMED)[-1]
    assert (ended.status, ended.reason) == ("success", "")
    assert numbers(desk) == {
        f"web02:2/{ended.backup}": 4,
        "web01:2/weekly-20261101_000002": 2,
        "web01:2/weekly-20261101_000003": 3,
    }
    assert sorted(path.name for path in desk.disk.iterdir()) == [
        "weekly-20261101_000002.img",
        "weekly-20261101_000002.json",
        "weekly-20261101_000003.img",
        "weekly-20261101_000003.json",
    ]


def test_a_new_machine_under_the_old_name_keeps_its_own(desk: Desk) -> None:
    theirs = seed(desk, "web01/disk2", 5, subject=Disk("web01", 2, "another"))
    desk.define(**CHANGES, retention={"last": 1})
    desk.run("run", "prg", RENAMED)
    desk.run("run", "prg", RENAMED)
    assert list(numbers(desk).values()) == [2]
    assert [name for name in theirs if (desk.disk / f"{name}.img").exists()] == theirs


def test_a_removal_that_was_killed_in_the_old_folder_is_finished(desk: Desk) -> None:
    mine, theirs = seed(desk, "web01/disk2", 2)
    path = desk.disk / f"{theirs}.json"
    path.write_text(path.read_text().replace('"6f1c"', '"another"'))
    for name in (mine, theirs):
        going = desk.disk / partial.name_of(f"{name}.json", "prg")
        (desk.disk / f"{name}.json").rename(going)
    running = desk.disk / partial.name_of("weekly-20261122_050000.img", "prg")
    running.write_bytes(b"of the machine that has the name now")
    desk.run("run", "prg", RENAMED)
    assert desk.names() == sorted(
        [f".{theirs}.json.prg.partial", f"{theirs}.img", running.name],
    )


def test_a_new_backup_has_no_name_that_an_earlier_one_has(desk: Desk) -> None:
    store = stores.of_files(desk.layout, typed(**CHANGES), ("prg",))
    moments = (datetime.now(UTC) + timedelta(seconds=ahead) for ahead in (0, 1))
    taken = [f"weekly-{moment:%Y%m%d_%H%M%S}" for moment in moments]
    for name in taken:
        desk.put(f"mnt/nas/web01/disk2/{name}.json", "{}")
    with store.draft(".img") as draft:
        assert draft.backup not in taken

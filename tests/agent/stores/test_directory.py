"""Directory store: final names only for what is whole, and only in the storage that was marked."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import made, typed
from agent.desk import Desk
from holdfast.agent import stores
from holdfast.agent.backups.total import Sum
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.agent.stores.directory import Directory
    from holdfast.agent.stores.draft import Draft


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


@pytest.fixture
def store(desk: Desk) -> Directory:
    return stores.of_files(desk.layout, typed(), ("prg", "former"))


def broken() -> Iterator[bytes]:
    yield b"data"
    raise Failed("the source went away")


def commit(store: Directory, draft: Draft, sequence: int = 1) -> str:
    draft.write([b"data", bytes(1 << 20), b"end"])
    manifest = made(
        backup=draft.backup,
        file=draft.file,
        created=draft.created,
        sequence=sequence,
        stored=Sum("bb", 4 + (1 << 20) + 3),
    )
    store.commit(draft, manifest)
    return draft.backup


def make(store: Directory, sequence: int = 1) -> str:
    with store.draft(".img") as draft:
        return commit(store, draft, sequence)


def test_a_backup_has_its_bytes_and_its_manifest_and_nothing_else_stays(
    desk: Desk, store: Directory
) -> None:
    backup = make(store)
    assert desk.names() == [f"{backup}.img", f"{backup}.json"]
    artefact = desk.disk / f"{backup}.img"
    assert artefact.read_bytes() == b"data" + bytes(1 << 20) + b"end"
    assert artefact.stat().st_blocks * 512 < 1 << 20  # the zeros take no room
    assert artefact.stat().st_mode & 0o777 == 0o640
    assert [found.status for found in store.backups()] == ["ok"]


def test_two_backups_of_one_second_have_two_names(store: Directory) -> None:
    with store.draft(".img") as first, store.draft(".img") as second:
        assert first.backup != second.backup
        commit(store, second)
        commit(store, first)
    assert len(store.backups()) == 2


def test_nothing_of_a_failed_backup_stays(desk: Desk, store: Directory) -> None:
    with contextlib.suppress(Failed), store.draft(".img") as draft:
        store.write(draft, broken())
    assert desk.names() == []


def test_fewer_bytes_than_were_hashed_are_no_backup(desk: Desk, store: Directory) -> None:
    with store.draft(".img") as draft:
        store.write(draft, [b"data"])
        manifest = made(backup=draft.backup, file=draft.file, stored=Sum("bb", 7))
        with pytest.raises(Failed, match="7 bytes were written, 4 are there"):
            store.commit(draft, manifest)
    assert desk.names() == []


@pytest.mark.parametrize(
    ("marker", "word"), [(None, "missing"), ('{"id": "other"}', "other"), ("{", "other")]
)
def test_a_storage_without_its_marker_is_never_written(
    desk: Desk, marker: str | None, word: str
) -> None:
    path = desk.nas / ".holdfast-storage.json"
    path.unlink()
    if marker is not None:
        path.write_text(marker)
    with pytest.raises(
        Failed, match=f"storage nas: its marker is {word} at .*mnt/nas: not mounted"
    ):
        stores.of_files(desk.layout, typed(), ("prg",))
    assert os.listdir(desk.nas) == ([] if marker is None else [path.name])


def test_a_storage_that_goes_while_it_is_written_gets_no_backup(
    desk: Desk, store: Directory
) -> None:
    with store.draft(".img") as draft:
        (desk.nas / ".holdfast-storage.json").unlink()
        with pytest.raises(Failed, match="its marker is missing"):
            commit(store, draft)
    assert desk.names() == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, "storage nas is not set up on this node"),
        (
            {"kind": "directory", "place": "/mnt/other", "marker": "m1"},
            "lies at /mnt/other, not at",
        ),
        (
            {"kind": "dataset", "place": "/mnt/nas", "marker": "m1"},
            "is a dataset, weekly@web01:2 needs a directory",
        ),
        ({"kind": "directory", "place": "/mnt/nas"}, "`marker` is missing"),
    ],
)
def test_a_storage_must_be_the_one_that_was_applied(desk: Desk, record: object, said: str) -> None:
    path = desk.put_json("storages/nas.json", record)
    if record is None:
        path.unlink()
    with pytest.raises(Failed, match=said):
        stores.of_files(desk.layout, typed(), ("prg",))


def test_a_removal_that_was_cut_short_is_finished_and_never_listed(
    desk: Desk, store: Directory
) -> None:
    backup = make(store)
    (desk.disk / f"{backup}.state.json").write_text("{}")
    # As a kill after the first step of a removal leaves it.
    (desk.disk / f"{backup}.json").rename(desk.disk / f".{backup}.json.prg.partial")
    assert store.backups() == []
    assert store.clear() == [f".{backup}.json.prg.partial"]
    assert desk.names() == []


def test_a_commit_that_was_cut_short_is_taken_back(desk: Desk, store: Directory) -> None:
    backup = make(store)
    (desk.disk / f"{backup}.json").rename(desk.disk / f".{backup}.json.former.partial")
    (desk.disk / f".{backup}.img.prg.partial").write_bytes(b"da")
    store.clear()
    assert desk.names() == []


def test_only_leftovers_of_this_definition_are_cleared(desk: Desk, store: Directory) -> None:
    whole = make(store)
    foreign = [
        ".weekly-20261121_033000.img.stranger.partial",
        ".weekly-x-20261121_033000.img.prg.partial",
        ".daily-20261121_033000.img.prg.partial",
        ".weekly-20261121_033000x.img.prg.partial",
        "weekly-20261121_033000.img",
        "notes.txt",
    ]
    for name in foreign:
        (desk.disk / name).write_bytes(b"x")
    # A manifest's leftover never takes away a backup that has its manifest.
    leftover = f".{whole}.json.prg.partial"
    (desk.disk / leftover).write_bytes((desk.disk / f"{whole}.json").read_bytes())
    assert store.clear() == [leftover]
    assert desk.names() == sorted([*foreign, f"{whole}.img", f"{whole}.json"])


def test_a_half_written_manifest_takes_nothing_with_it(desk: Desk, store: Directory) -> None:
    desk.put("mnt/nas/web01/disk2/.weekly-20261121_033000.json.prg.partial", '{"format":1')
    store.clear()
    assert desk.names() == []


def test_a_removed_backup_is_gone_whole(desk: Desk, store: Directory) -> None:
    make(store)
    (found,) = store.backups()
    (desk.disk / f"{found.name.rpartition('/')[2]}.state.json").write_text("{}")
    store.remove(found)
    assert desk.names() == []

"""Bases: which one is chosen, and what is lost without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import made
from holdfast.agent.backups import bases, listing
from holdfast.agent.backups.listing import Backup
from holdfast.agent.backups.total import Sum
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from pathlib import Path


def name(number: int) -> str:
    return f"weekly-20261121_{number:06d}"


def backup(number: int, base: int | None = None, **changes: object) -> Backup:
    status = str(changes.pop("status", listing.OK))
    manifest = made(
        backup=name(number),
        file=name(number) + ".zfs",
        sequence=number,
        kind="full" if base is None else "incremental",
        base=None if base is None else name(base),
        stored=Sum("bb", 4),
        **changes,
    )
    fault = "" if status == listing.OK else "its file is missing"
    return Backup(f"web01:2/{name(number)}", manifest, status, fault=fault)


@pytest.mark.parametrize(
    ("own", "every", "chosen", "reason"),
    [
        ([], 3, None, ""),
        ([backup(1)], 1, None, ""),
        ([backup(1)], 3, 1, ""),
        ([backup(1), backup(2, 1)], 3, 1, ""),
        ([backup(1), backup(2, 1), backup(3, 1)], 3, None, ""),
        # Rotated and deleted incrementals count, too.
        ([backup(1), backup(3, 1)], 3, None, ""),
        ([backup(1), backup(4), backup(3, 1)], 3, 4, ""),
        ([backup(1), backup(2, status=listing.LOST)], 3, None, "2 is lost: its file is missing"),
        ([backup(1), backup(2, 1), backup(4, 3)], 9, None, "3 is missing"),
        ([backup(1, encrypt_to=("age1x",))], 3, None, "1 is encrypted to others"),
    ],
)
def test_what_the_next_is_made_against(
    own: list[Backup], every: int, chosen: int | None, reason: str
) -> None:
    following = max((each.manifest.sequence for each in own if each.manifest), default=0) + 1
    choice = bases.choose(own, every, following, ())
    assert (choice.base and choice.base.sequence) == chosen
    assert choice.reason.endswith(reason[1:])
    assert bool(choice.reason) == bool(reason)


def put(place: Path, *backups: Backup) -> Path:
    folder = place / "web01/disk2"
    folder.mkdir(parents=True, exist_ok=True)
    for each in backups:
        assert each.manifest is not None
        (folder / f"{each.manifest.backup}.json").write_text(each.manifest.to_text())
        (folder / each.manifest.file).write_bytes(b"data")
    return folder


def listed(place: Path) -> dict[int, tuple[str, str]]:
    found = listing.backups(str(place))
    return {each.manifest.sequence: (each.status, each.fault) for each in found if each.manifest}


def test_an_incremental_is_lost_with_its_base_and_comes_back_with_it(tmp_path: Path) -> None:
    folder = put(tmp_path, backup(1), backup(2, 1), backup(3, 1), backup(4))
    fine = dict.fromkeys((1, 2, 3, 4), ("ok", ""))
    assert listed(tmp_path) == fine
    (folder / f"{name(1)}.zfs").unlink()
    fault = f"{name(1)}.zfs is missing"
    lost = ("lost", f"its base {name(1)} is lost: {fault}")
    assert listed(tmp_path) == {1: ("lost", fault), 2: lost, 3: lost, 4: ("ok", "")}
    put(tmp_path, backup(1))
    assert listed(tmp_path) == fine
    (folder / f"{name(1)}.json").unlink()
    assert listed(tmp_path)[2] == ("lost", f"its base {name(1)} is missing")


@pytest.mark.parametrize(
    "other",
    [
        backup(1, subject=Disk("web01", 2, "another")),
        backup(1, 0),
        backup(1, 2),
    ],
)
def test_another_disks_backup_is_no_base_nor_is_an_incremental(
    tmp_path: Path, other: Backup
) -> None:
    put(tmp_path, other, backup(2, 1))
    status, fault = listed(tmp_path)[2]
    assert status == "lost"
    assert fault == f"{name(1)} is no base of it"

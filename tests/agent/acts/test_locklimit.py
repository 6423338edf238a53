"""Nine locks a LoadMaster: one backup always stays free to rotate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agent.backups.appliances import made
from agent.backups.test_manifest import made as of_disk
from holdfast.agent.acts import locklimit
from holdfast.agent.acts.shelf import Found
from holdfast.agent.backups import listing, state
from holdfast.agent.failure import Failed
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.backups.manifest import Manifest

LOCK = state.Lock("audit", None, state.HAND, "me")
ENDED = state.Lock("audit", datetime(2020, 1, 1, tzinfo=UTC), state.HAND, "me")


def put(folder: Path, told: Manifest, lock: state.Lock | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{told.backup}.json").write_text(told.to_text())
    if lock is not None:
        state.write(str(folder), told.backup, state.State().locked(state.HAND, lock))


def found(place: Path, folder: Path, name: str) -> Found:
    (backup,) = (b for b in listing.backups(str(place)) if b.name.endswith(name))
    assert backup.manifest is not None
    layout = Layout("prg", str(place))
    return Found(layout, ("prg",), "nas", str(place), str(folder), backup, backup.manifest)


def name(number: int) -> str:
    return f"nightly-20261121_{number:06d}"


@pytest.mark.parametrize("ended", [0, 1])
def test_the_tenth_is_refused_unless_one_has_ended(tmp_path: Path, ended: int) -> None:
    folder = tmp_path / "lm-prg-1"
    for number in range(11):
        lock = None if number > 8 else ENDED if number < ended else LOCK
        put(folder, made(name(number)), lock)
    if ended:
        locklimit.refuse(found(tmp_path, folder, name(10)))
    else:
        with pytest.raises(Failed, match="9 backups of lm-prg-1 are locked, and one must stay"):
            locklimit.refuse(found(tmp_path, folder, name(10)))
    locklimit.refuse(found(tmp_path, folder, name(3)))  # its lock only gets another reason


def test_disks_may_be_locked_as_often_as_one_likes(tmp_path: Path) -> None:
    folder = tmp_path / "web01/disk2"
    for number in range(11):
        backup = f"weekly-20261121_{number:06d}"
        put(folder, of_disk(backup=backup, file=backup + ".img"), LOCK if number < 10 else None)
    locklimit.refuse(found(tmp_path, folder, "weekly-20261121_000010"))

"""Rotation counts what the node vouches for: nothing else makes a backup go."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from agent import keys
from agent.desk import Desk
from agent.jobs.test_rotating import run, seed
from holdfast.agent import canonical
from holdfast.agent.backups import signature
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow  # each test makes several backups


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def unsigned(desk: Desk, path: Path) -> None:
    assert desk
    document = json.loads(path.read_text())
    del document["signature"]
    path.write_text(canonical.dumps(document) + "\n")


def altered(desk: Desk, path: Path) -> None:
    assert desk
    path.write_text(path.read_text().replace('"sequence":4', '"sequence":99'))


def of_a_stranger(desk: Desk, path: Path) -> None:
    unsigned(desk, path)
    stranger = Layout("prg", str(desk.root / "stranger"))
    keys.settle(stranger, "another node")
    signed = signature.sign(stranger, json.loads(path.read_text()))
    path.write_text(canonical.dumps(signed) + "\n")


@pytest.mark.parametrize("spoil", [unsigned, altered, of_a_stranger])
def test_what_nobody_vouches_for_makes_no_backup_go(
    desk: Desk, spoil: Callable[[Desk, Path], None]
) -> None:
    desk.define(retention={"last": 4})
    names = seed(desk, 4)
    spoil(desk, desk.disk / f"{names[3]}.json")
    ended = run(desk)
    assert ended.status == "success"
    assert ended.reason == (
        "1 backups that nobody vouches for are neither counted nor removed: web01:2/" + names[3]
    )
    # With the new one four are good, and none of them goes for the fifth, which is not.
    assert [path.stem for path in sorted(desk.disk.glob("weekly-20261101*.json"))] == names
    run(desk)
    assert [path.stem for path in sorted(desk.disk.glob("weekly-20261101*.json"))] == names[1:]


def test_no_backup_goes_for_a_number_that_nobody_signed(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    seed(desk, 4)
    run(desk)
    (newest,) = desk.disk.glob("weekly-2026112*.json")
    for number in range(3):
        name = f"weekly-20261130_00000{number}"
        document = json.loads(newest.read_text())
        document.update(backup=name, file=name + ".img", sequence=100 + number)
        desk.put(f"mnt/nas/web01/disk2/{name}.img", b"data" * 1000)
        desk.put(f"mnt/nas/web01/disk2/{name}.json", canonical.dumps(document) + "\n")
    run(desk)
    kept = [path.stem for path in sorted(desk.disk.glob("weekly-20261101*.json"))]
    assert kept == ["weekly-20261101_000003", "weekly-20261101_000004"]  # one went for each run


def test_without_a_key_unsigned_backups_count_for_they_are_all_there_is(desk: Desk) -> None:
    os.unlink(desk.layout.identity)
    desk.define(retention={"last": 1})
    for _ in range(3):
        assert run(desk).status == "warning"
    assert [m["sequence"] for m in desk.manifests()] == [3]

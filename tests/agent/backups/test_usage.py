"""What a datacenter's backups take up, and that no run exceeds what they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent.backups.usage import Usage, of_datacenter
from holdfast.agent.jobs import runs
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

SIZE = 4000  # of the image, and so of each backup
TWO_FIT = {"limit": {"datacenter": "main", "total_size": 2 * SIZE}}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path).settle()
    desk.define(**TWO_FIT, retention={"last": 9})
    return desk


def run(desk: Desk, identity: str = ID) -> Run:
    desk.run("run", "prg", identity)
    return runs.read(desk.layout, identity)[-1]


def used(desk: Desk, datacenter: str = "main") -> Usage:
    return of_datacenter(Survey(desk.layout), datacenter)


def test_no_backup_is_made_that_would_exceed_the_limit(desk: Desk) -> None:
    assert [run(desk).status for _ in range(2)] == ["success", "success"]
    assert used(desk) == (2, 2 * SIZE)
    before = desk.names()
    refused = run(desk)
    assert refused.status == "failed"
    assert "datacenter main may take up 8000 bytes: its 2 backups on this node" in refused.reason
    assert desk.names() == before
    stored = desk.disk / str(desk.manifests()[0]["file"])
    stored.with_suffix(".json").unlink()
    stored.unlink()
    assert run(desk).status == "success"


def test_the_size_of_the_next_one_is_reserved(desk: Desk) -> None:
    desk.define(limit={"datacenter": "main", "total_size": 2 * SIZE - 1})
    assert [run(desk).status for _ in range(2)] == ["success", "failed"]


def test_without_a_limit_nothing_is_counted(desk: Desk) -> None:
    desk.define(retention={"last": 9})
    assert [run(desk).status for _ in range(3)] == ["success"] * 3


def test_other_sources_count_with_their_own_datacenter_and_forgotten_ones_with_each(
    desk: Desk,
) -> None:
    other = desk.define(server="db01", limit={"datacenter": "other", "total_size": SIZE})
    run(desk)
    run(desk, other)
    assert (used(desk), used(desk, "other")) == ((1, SIZE), (1, SIZE))
    assert run(desk, other).status == "failed"
    assert run(desk).status == "success"
    (desk.root / f"etc/holdfast/prg/definitions/{other}.json").unlink()
    assert used(desk) == (3, 3 * SIZE)


def test_what_is_not_there_or_somebody_elses_takes_up_nothing(desk: Desk) -> None:
    run(desk)
    (desk.disk / str(desk.manifests()[0]["file"])).unlink()
    assert used(desk) == (0, 0)
    run(desk)
    assert Desk(desk.root, "second").layout != desk.layout
    assert of_datacenter(Survey(Desk(desk.root, "second").layout), "main") == (0, 0)
    (desk.root / "mnt/nas/.holdfast-storage.json").unlink()
    assert used(desk) == (0, 0)

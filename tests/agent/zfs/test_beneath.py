"""Images on ZFS: read from a snapshot of the filesystem beneath, of which nothing stays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID
from agent.freeze.scripted import FREEZE, SYNC, THAW
from agent.queueing import define, statuses, wait
from agent.zfs.images import AGENT, THEIRS, Ground, Writing, settled
from agent.zfs.pools import zfs
from holdfast.agent.jobs import cancel, claims, runs
from holdfast.agent.sources import leftover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.hosts


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with settled(tmp_path) as ground:
        yield ground


def test_it_is_read_as_it_was_when_frozen_though_its_guest_writes_on(ground: Ground) -> None:
    ground.slow(freeze="required", **AGENT)
    with Writing(ground.desk.root, ground.image) as there:
        made = ground.run()
        assert (made.status, made.reason) == ("success", "")
        assert there.asked == [SYNC, FREEZE, SYNC, THAW]
    assert ground.content == there.then != ground.image.read_bytes()
    (manifest,) = ground.desk.manifests()
    assert (manifest["freeze"], manifest["consistency"]) == ("frozen", "snapshot")
    assert ground.taken() == THEIRS


def test_nothing_stays_of_a_run_that_fails(ground: Ground) -> None:
    with ground.reading() as running:
        ground.desk.disk.rename(ground.desk.disk.with_name("gone"))
        running.communicate()
    assert runs.read(ground.desk.layout, ID)[-1].status == "failed"
    assert ground.taken() == THEIRS


def test_a_run_leaves_alone_what_another_reads_and_nothing_stays_of_a_canceled_one(
    ground: Ground,
) -> None:
    other = define(ground.desk, "web02", None)
    with ground.reading(60) as running:
        during = ground.taken()
        ground.desk.run("run", "prg", other)
        wait(lambda: statuses(ground.desk, other) == ["success"])  # the first one serves it
        assert (ground.taken(), statuses(ground.desk)) == (during, ["running"])
        (run,) = runs.read(ground.desk.layout, ID)
        assert cancel.cancel(ground.desk.layout, ID, run.run).status == "canceled"
        running.communicate()
    (last,) = runs.read(ground.desk.layout, other)
    assert not os.path.exists(runs.log(ground.desk.layout, other, last.run))  # nor was it tried
    assert ground.taken() == THEIRS


@pytest.mark.parametrize("marked", [False, True])
def test_what_only_has_the_name_of_ours_stays(ground: Ground, *, marked: bool) -> None:
    lock = claims.source(ground.desk.layout, "image", "/images/web01.raw")
    name = f"{ground.dataset}@{leftover.name_of(lock)}"
    zfs("snapshot", *(("-o", f"{leftover.MARK}=source-of-another.lock") if marked else ()), name)
    before = ground.taken()
    assert ground.run().status == "success"
    assert ground.desk.manifests()[-1]["consistency"] == "unchanged"
    with ground.image.open("r+b"):
        reason = ground.run().reason
    assert "is open for writing by " in reason
    assert "dataset already exists" in reason
    assert ground.taken() == before

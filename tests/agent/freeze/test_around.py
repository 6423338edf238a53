"""Runs with a freeze: what it is in the manifest, and what its failure does to the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import typed
from agent.desk import ID, Desk
from agent.freeze.scripted import FREEZE, SYNC, THAW, Guest
from holdfast.agent.failure import Malformed
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

pytestmark = pytest.mark.slow  # each test makes several backups

AGENT = {"socket": "/vm.qga"}


def ran(desk: Desk, asked: str, agent: dict[str, str] | None = None) -> Run:
    """Make one backup with a freeze and return its run."""
    desk.define(freeze=asked, guest_agent=agent)
    desk.run("run", "prg", ID)
    return runs.read(desk.layout, ID)[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a node whose file system makes no reflinks."""
    return Desk(tmp_path).settle()


@pytest.fixture
def linked(xfs: Path) -> Desk:
    """Return a node on a file system that makes reflinks."""
    return Desk(xfs).settle()


def test_without_a_freeze_the_manifest_says_off(desk: Desk) -> None:
    assert ran(desk, "off", AGENT).status == "success"
    assert desk.manifests()[-1]["freeze"] == "off"


def test_a_best_effort_that_fails_is_noted_and_a_required_one_fails_the_run(desk: Desk) -> None:
    noted = ran(desk, "best-effort", AGENT)
    assert noted.status == "success"
    assert noted.reason.startswith("the guest was not frozen: the guest agent at ")
    assert desk.manifests()[-1]["freeze"] == "failed"
    refused = ran(desk, "required", AGENT)
    assert refused.status == "failed"
    assert "freeze is required, but the guest was not frozen" in refused.reason
    assert len(desk.manifests()) == 1


def test_where_there_is_no_one_moment_a_freeze_is_none(desk: Desk) -> None:
    with Guest(desk.root / "vm.qga") as there:
        refused = ran(desk, "required", AGENT)
        assert not there.frozen
        assert "cannot be reflinked" in refused.reason
        assert ran(desk, "best-effort", AGENT).status == "success"
        assert not there.frozen
    assert [manifest["freeze"] for manifest in desk.manifests()] == ["failed"]


def test_a_source_that_fails_leaves_no_guest_frozen(desk: Desk) -> None:
    (desk.root / "images/web01.raw").unlink()
    with Guest(desk.root / "vm.qga") as there:
        assert "cannot be opened" in ran(desk, "required", AGENT).reason
        assert there.asked == [SYNC, FREEZE, SYNC, THAW]
        assert not there.frozen


@pytest.mark.parametrize(
    "agent", [{"socket": "vm.qga"}, {"libvirt": "-c"}, {"socket": "/a\0b"}, {}]
)
def test_an_agent_that_is_no_place_is_refused(agent: dict[str, str]) -> None:
    with pytest.raises(Malformed, match="`guest_agent` of weekly@web01:2: "):
        typed(guest_agent=agent)


@pytest.mark.hosts
def test_a_frozen_guest_is_read_at_that_moment(linked: Desk) -> None:
    with Guest(linked.root / "vm.qga") as there:
        made = ran(linked, "required", AGENT)
        assert (made.status, made.reason) == ("success", "")
        assert there.asked == [SYNC, FREEZE, SYNC, THAW]
        assert not there.frozen
    (manifest,) = linked.manifests()
    assert (manifest["freeze"], manifest["consistency"]) == ("frozen", "reflink")


@pytest.mark.hosts
@pytest.mark.parametrize("asked", ["best-effort", "required"])
def test_a_guest_that_dies_frozen_fails_the_run(linked: Desk, asked: str) -> None:
    with Guest(linked.root / "vm.qga", freeze="dies"):
        made = ran(linked, asked, AGENT)
    assert made.status == "failed"
    assert "the guest may still be frozen" in made.reason
    assert linked.names() == []

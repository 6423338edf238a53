"""A freeze that comes too late, or is over before the snapshot: the guest counts as not frozen."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from agent.desk import ID, RUN, Desk
from agent.executing import execute
from agent.freeze.scripted import FREEZE, SYNC, THAW, Guest
from agent.queueing import wait
from agent.xfs import reflinking
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

pytestmark = [pytest.mark.hosts, pytest.mark.slow]  # a guest has half a minute

IN_TIME, TOO_LATE = 3.0, 31.0  # seconds until it answers
OVER = "it was thawed after 30 s, before the snapshot was there"


class Case(NamedTuple):
    """A run, and the guest that it has frozen."""

    desk: Desk
    guest: Guest
    process: subprocess.Popen[bytes]

    @property
    def run(self) -> Run:
        return runs.read(self.desk.layout, ID)[-1]


@contextlib.contextmanager
def freezing(folder: Path, asked: str, answers: float) -> Iterator[Case]:
    """Give a run whose guest was just told to freeze."""
    desk = Desk(folder).settle()
    desk.define(freeze=asked, guest_agent={"socket": "/vm.qga"})
    with (
        Guest(desk.root / "vm.qga", freeze=answers) as guest,
        execute(desk, ID, RUN) as process,
    ):
        try:
            wait(lambda: FREEZE in guest.asked)
            yield Case(desk, guest, process)
        finally:
            process.kill()


@contextlib.contextmanager
def held_up(folder: Path, asked: str) -> Iterator[Case]:
    """Give a run that stands still before its snapshot, while its guest freezes in time."""
    with freezing(folder, asked, IN_TIME) as case:
        case.process.send_signal(signal.SIGSTOP)
        yield case


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Case]]:
    """Return runs that have ended, by what is with them: all take their half a minute at once."""
    with reflinking(tmp_path_factory.mktemp("late")) as mounted, contextlib.ExitStack() as stack:
        late = stack.enter_context(freezing(mounted / "late", "best-effort", TOO_LATE))
        found = {
            asked: stack.enter_context(held_up(mounted / asked, asked))
            for asked in ("best-effort", "required")
        }
        for case in found.values():
            wait(lambda guest=case.guest: THAW in guest.asked and not guest.frozen)
            case.process.send_signal(signal.SIGCONT)
        for case in (late, *found.values()):
            case.process.wait(60)
        yield {"late": late, **found}


def test_one_that_comes_too_late_is_thawed_and_the_backup_made_without(
    cases: dict[str, Case],
) -> None:
    case = cases["late"]
    assert not case.guest.frozen
    assert case.guest.asked[:2] == [SYNC, FREEZE]
    assert case.guest.asked[-1] == THAW
    assert case.run.status == "success"
    assert "no answer within 30 s; it was thawed" in case.run.reason
    assert case.desk.manifests()[-1]["freeze"] == "failed"


def test_one_that_is_over_before_the_snapshot_is_noted(cases: dict[str, Case]) -> None:
    case = cases["best-effort"]
    assert case.guest.asked == [SYNC, FREEZE, SYNC, THAW]
    assert case.run.status == "success"
    assert case.run.reason == f"the guest was not frozen: {OVER}"
    (manifest,) = case.desk.manifests()
    assert (manifest["freeze"], manifest["consistency"]) == ("failed", "reflink")


def test_where_it_is_required_that_fails_the_run(cases: dict[str, Case]) -> None:
    case = cases["required"]
    assert case.guest.asked == [SYNC, FREEZE, SYNC, THAW]
    assert case.run.status == "failed"
    assert case.run.reason == f"freeze is required, but the guest was not frozen: {OVER}"
    assert case.desk.names() == []

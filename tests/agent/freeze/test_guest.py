"""Freezing and thawing through the agent's socket, whatever the agent does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from agent.freeze.scripted import FREEZE, SYNC, THAW, Guest
from holdfast.agent.freeze import guest
from holdfast.agent.freeze.guest import Limits, NotFrozen, Stuck
from holdfast.agent.freeze.qga import Qga

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Limits(reach=0.5, freeze=0.5, thaw=0.5)


def test_a_guest_is_frozen_and_thawed_after_a_sync_each(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path) as there:
        guest.freeze(Qga(str(path)), QUICK)
        assert there.frozen
        guest.thaw(Qga(str(path)), QUICK)
        assert not there.frozen
    assert there.asked == [SYNC, FREEZE, SYNC, THAW]


def test_what_an_earlier_exchange_left_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path, sync="noise") as there:
        guest.freeze(Qga(str(path)), QUICK)
        assert there.frozen


def test_a_socket_may_have_a_path_of_any_length(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 100) / ("y" * 100) / "vm.qga"
    with Guest(path) as there:
        guest.freeze(Qga(str(path)), QUICK)
        assert there.frozen


def test_a_late_freeze_is_thawed(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path, freeze=0.8) as there:
        with pytest.raises(NotFrozen, match=r"no answer within 0.5 s; it was thawed"):
            guest.freeze(Qga(str(path)), Limits(reach=0.5, freeze=0.5, thaw=2))
        assert not there.frozen
    assert there.asked[-2:] == [SYNC, THAW]


def test_one_that_never_answers_is_not_even_asked(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    begun = time.monotonic()
    with Guest(path, sync="silent") as there, pytest.raises(NotFrozen, match="does not answer"):
        guest.freeze(Qga(str(path)), QUICK)
    assert time.monotonic() - begun < 30
    assert there.asked == [SYNC]


def test_nobody_there_is_said_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(NotFrozen, match=r"vm.qga: No such file"):
        guest.freeze(Qga(str(tmp_path / "vm.qga")), QUICK)


def test_a_refusal_is_told_in_the_agents_words_and_nothing_is_thawed(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path, freeze="refuse") as there, pytest.raises(NotFrozen, match="not today"):
        guest.freeze(Qga(str(path)), QUICK)
    assert THAW not in there.asked


def test_no_file_system_frozen_is_no_freeze(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path, freeze="none"), pytest.raises(NotFrozen, match="froze no file system"):
        guest.freeze(Qga(str(path)), QUICK)


@pytest.mark.parametrize("script", [{"thaw": "refuse"}, {"thaw": "silent"}, {"freeze": "dies"}])
def test_a_guest_that_stays_frozen_is_stuck(tmp_path: Path, script: dict[str, str]) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path, **script) as there:
        guest.freeze(Qga(str(path)), QUICK)
        with pytest.raises(Stuck, match="may still be frozen"):
            guest.thaw(Qga(str(path)), QUICK)
        assert there.frozen


def test_one_that_was_asked_and_fell_silent_is_stuck(tmp_path: Path) -> None:
    path = tmp_path / "vm.qga"
    with Guest(path, freeze="silent"), pytest.raises(Stuck):
        guest.freeze(Qga(str(path)), QUICK)

"""Progress on a terminal: how far, how fast, and for how long yet, where that can be known."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from holdfast.cli.backup.common import Meter
from holdfast.engine.act import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

MIB = 1 << 20


def shown(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    told: Iterable[Progress | None],
) -> list[str]:
    """Return the lines that a terminal gets, one second after the other."""
    clock = iter(range(100))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    meter = Meter(lambda: float(next(clock)))
    for progress in told:
        meter.show(progress)
    return capsys.readouterr().err.split("\r\x1b[K")[1:]


def test_what_has_a_total_tells_how_long_yet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Progress(MIB * done, MIB * 100) for done in (0, 10, 20, 100)]
    first, second, last = shown(monkeypatch, capsys, told)
    assert first == "10.0 MiB of 100.0 MiB (10 %)"
    assert second == "20.0 MiB of 100.0 MiB (20 %), 10.0 MiB/s, 0:08 left"
    assert last.endswith("0:00 left\n")


def test_more_than_was_estimated_tells_how_fast(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Progress(MIB * done, MIB * 100) for done in (10, 90, 110, 210)]
    lines = shown(monkeypatch, capsys, told)
    assert lines[1].startswith("90.0 MiB of 100.0 MiB (90 %), ")
    assert lines[2:] == ["110.0 MiB, 50.0 MiB/s", "210.0 MiB, 66.7 MiB/s"]


def test_that_all_is_done_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Progress(done, 9) for done in (9, 9, 9, 1, 9)]
    lines = shown(monkeypatch, capsys, told)
    assert [line.partition(" of")[0] for line in lines] == ["9 B", "1 B", "9 B"]


def test_what_has_none_tells_how_fast(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Progress(MIB * done, 0) for done in (0, 3, 6)]
    assert shown(monkeypatch, capsys, told) == ["3.0 MiB", "6.0 MiB, 3.0 MiB/s"]


def test_the_line_is_cleared_for_what_is_said_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Progress(MIB, 9 * MIB, "r", "running"), Progress(MIB, 9 * MIB, "r", "success"), None]
    lines = shown(monkeypatch, capsys, told)
    assert lines == [
        "1.0 MiB of 9.0 MiB (11 %)",
        "run r: success\n",
        "1.0 MiB of 9.0 MiB (11 %)",
        "",
    ]


def test_each_act_has_a_pace_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    acts = [Progress(9 * MIB, 9 * MIB), None, Progress(MIB, 9 * MIB), Progress(2 * MIB, 9 * MIB)]
    lines = shown(monkeypatch, capsys, acts)
    assert lines[0].endswith("(100 %)\n")
    assert lines[2:] == ["2.0 MiB of 9.0 MiB (22 %), 1.0 MiB/s, 0:07 left"]

"""Results as text for a terminal or as Markdown for the README. Must not: measure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.contest import OURS, Measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.contest import Goal, Result

HEAD = ("", "wall", "times ours", "CPU", "times ours", "peak MiB", "times ours")


def human(result: Result) -> str:
    """Return one contest as aligned columns, and below them what was to be reached."""
    rows = [HEAD, *_rows(result)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [f"{result.contest.job} ({_rounds(result)})"]
    lines += ["  " + _aligned(row, widths) for row in rows]
    lines += [f"  {line}" for line in _goals(result)]
    return "\n".join(lines) + "\n"


def markdown(result: Result) -> str:
    """Return one contest as a Markdown table with its goals as a list."""
    rows = [HEAD, ("---", *["--:"] * (len(HEAD) - 1)), *_rows(result)]
    lines = [f"**{result.contest.job}** ({_rounds(result)})", ""]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    goals = _goals(result)
    lines += ["", *(f"- {line}" for line in goals)] if goals else []
    return "\n".join(lines) + "\n"


def _rounds(result: Result) -> str:
    return f"medians of {len(result.samples[OURS])} rounds"


def _rows(result: Result) -> list[tuple[str, ...]]:
    return [
        (
            name,
            seconds(result.median(name, "wall")),
            times(result.ratio(name, "wall")),
            seconds(result.median(name, "cpu")),
            times(result.ratio(name, "cpu")),
            f"{result.median(name, 'memory'):.0f}",
            times(result.ratio(name, "memory")),
        )
        for name in result.samples
    ]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = row
    cells = [name.ljust(widths[0])]
    cells += [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
    return "  ".join(cells)


def _goals(result: Result) -> list[str]:
    return [_goal(result, goal) for goal in result.contest.goals]


def _goal(result: Result, goal: Goal) -> str:
    word = "reached" if result.met(goal) else "missed"
    figure = result.reached(goal)
    match goal.measure:
        case Measure.FASTER:
            text = f"{goal.peer} takes {times(figure)} our time, to reach {times(goal.bound)}"
        case Measure.WITHIN:
            text = (
                f"we take {times(figure)} the time of {goal.peer}, to stay at {times(goal.bound)}"
            )
        case Measure.MEMORY:
            text = f"our peak memory is {figure:.0f} MiB, to stay at {goal.bound:.0f} MiB"
    return f"{word}: {text}"


def seconds(value: float) -> str:
    """Return a time with three significant digits: 0.0117 s, 1.86 s, 25.7 s."""
    return f"{value:#.3g} s"


def times(value: float) -> str:
    """Return a ratio with two digits or all its whole ones: 0.92 x, 2.9 x, 26 x, 130 x."""
    return f"{value:.{max(0, 1 - math.floor(math.log10(value)))}f} x"

"""The same job done by Holdfast and by its peers, in turn, and the ratios of what it costs them."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.command import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.command import Command, Cost, Sample

OURS = "holdfast"
FEWEST = 3


class Measure(StrEnum):
    """What a goal bounds, and from which side."""

    FASTER = "faster than"  # the peer's wall time is at least so many times ours
    WITHIN = "within"  # our wall time is at most so many times the peer's
    MEMORY = "peak memory"  # ours is at most so many MiB


@dataclass(frozen=True)
class Goal:
    """What is to be reached in a contest."""

    measure: Measure
    bound: float
    peer: str = OURS


@dataclass(frozen=True)
class Contest:
    """One job, its contenders by name (ours among them), and the goals set for it."""

    job: str
    commands: Mapping[str, Command]
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True)
class Result:
    """The samples of a contest by contender, one a round, in the order of the rounds."""

    contest: Contest
    samples: Mapping[str, Sequence[Sample]]

    def median(self, name: str, cost: Cost) -> float:
        """Return the median of one cost (wall, cpu, memory) of one contender."""
        return statistics.median(sample.of(cost) for sample in self.samples[name])

    def ratio(self, peer: str, cost: Cost, to: str = OURS) -> float:
        """Return how many times more the peer costs: the median of the ratios within each round.

        Within a round both met the same weather on the machine; medians of either alone did not.
        """
        pairs = zip(self.samples[peer], self.samples[to], strict=True)
        return statistics.median(a.of(cost) / b.of(cost) for a, b in pairs)

    def reached(self, goal: Goal) -> float:
        """Return the figure that a goal bounds."""
        match goal.measure:
            case Measure.FASTER:
                return self.ratio(goal.peer, "wall")
            case Measure.WITHIN:
                return self.ratio(OURS, "wall", to=goal.peer)
            case Measure.MEMORY:
                return self.median(OURS, "memory")

    def met(self, goal: Goal) -> bool:
        """Tell whether the goal was reached."""
        figure = self.reached(goal)
        if goal.measure is Measure.FASTER:
            return figure >= goal.bound
        return figure <= goal.bound


def hold(contest: Contest, rounds: int, budget: float) -> Result:
    """Run every contender once a round, there and back: A B C, C B A; the first only warms up.

    So nobody always comes after the same other, who leaves the machine as he does.
    After `budget` seconds no round is begun beyond the fewest that make a median, and a first
    round that takes a quarter of it counts too: what runs that long was warm for most of it.
    """
    start = time.monotonic()
    names = list(contest.commands)
    first = _round(contest, names)
    held = [first] if time.monotonic() - start > budget / 4 else []
    while len(held) < FEWEST or (len(held) < rounds and time.monotonic() - start < budget):
        names.reverse()
        held.append(_round(contest, names))
    return Result(contest, {name: [each[name] for each in held] for name in contest.commands})


def _round(contest: Contest, names: Sequence[str]) -> dict[str, Sample]:
    return {name: run(contest.commands[name]) for name in names}

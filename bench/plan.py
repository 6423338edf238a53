"""A no-op plan by size: ten local nodes against Terraform's blocks and octoDNS's records."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bench import inventory, octodns, peers, terraform
from bench.command import Command, run
from bench.contest import OURS, Contest, Goal, Measure

if TYPE_CHECKING:
    from pathlib import Path

NODES = 10
GOALS = {
    10_000: (
        Goal(Measure.FASTER, 10, "terraform"),
        Goal(Measure.FASTER, 3, "octodns"),
        Goal(Measure.MEMORY, 200),
    )
}


def contest(work: Path, count: int) -> Contest:
    """Set up all sides at one size, everything applied; return the contest of planning again."""
    folder = work / f"plan-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    commands = {
        OURS: ours(folder / OURS, count),
        "terraform": terraform.plan(peers.terraform(), folder / "terraform", count),
        "octodns": octodns.plan(peers.environment(work), folder / "octodns", count),
    }
    job = f"No-op plan of {count:,} definitions on ten nodes"
    return Contest(job, commands, GOALS.get(count, ()))


def ours(folder: Path, count: int) -> Command:
    """Write the inventory, apply it to new local nodes; return the plan that finds no change."""
    nodes = {f"n{number:02}": local(folder / f"n{number:02}") for number in range(NODES)}
    inventory.write(folder / "inventory", nodes, count)
    holdfast = peers.holdfast()
    run(Command((holdfast, "apply", "-i", "inventory", "--auto-approve"), folder), timeout=600)
    return Command((holdfast, "plan", "-i", "inventory", "--detailed-exitcode"), folder)


def local(root: Path) -> dict[str, object]:
    """Make the root of a local node with a folder for its storage; return the node."""
    (root / inventory.STORAGE.lstrip("/")).mkdir(parents=True)
    return {"transport": "local", "root": str(root)}

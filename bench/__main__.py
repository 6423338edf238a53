"""`python -m bench`: measures, and prints ratios to peers measured in the same run."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench import (
    appliances,
    backups,
    fleet,
    hosts,
    increment,
    machine,
    peers,
    plan,
    private,
    startup,
    table,
)
from bench.command import CommandError
from bench.contest import FEWEST, hold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.contest import Contest, Result

WORK = Path(".holdfast/bench")
SUBJECTS = ("startup", "plan", "fleet", "backups", "increment", "loadmasters")
ON_PYPI = {"startup", "plan", "fleet"}
ON_DEBIAN = {"backups", "increment"}  # their peers are packages of it
PRIVATE = {"fleet", "increment"}
FORMATS = {"human": table.human, "markdown": table.markdown}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="|".join(SUBJECTS), help="default: all")
    parser.add_argument("--sizes", type=_sizes, default=(100, 1000, 10_000), help="definitions")
    parser.add_argument("--hosts", type=int, default=50, help="hosts of the fleet, at most 250")
    parser.add_argument("--devices", type=int, default=200, help="LoadMasters of one connector")
    parser.add_argument("--mebibytes", type=int, default=1024, help="size of the image backed up")
    parser.add_argument("--runs", type=int, default=5, help="rounds of each contest")
    parser.add_argument("--budget", type=float, default=120, help="seconds a contest may take")
    parser.add_argument("--format", choices=FORMATS, default="human")
    options = parser.parse_args(arguments)
    unknown = set(options.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(SUBJECTS)}")
    if not 1 <= options.hosts <= hosts.MOST:
        parser.error(f"--hosts {options.hosts}: from 1 to {hosts.MOST}")
    if options.runs < FEWEST:
        parser.error(f"--runs {options.runs}: a median needs {FEWEST} at least")
    return options


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; the exit code is 0 also where a goal was missed."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what runs, as Ctrl-C does
    subjects = set(options.subjects or SUBJECTS)
    work = WORK.absolute()
    render = FORMATS[options.format]
    try:
        if subjects & ON_PYPI:
            peers.environment(work)
        if subjects & ON_DEBIAN:
            peers.debian()
        if subjects & PRIVATE:
            private.enter()
        sys.stdout.write(f"{machine.describe()}\n{peers.versions()}\n\n")
        for result in results(subjects, options, work):
            sys.stdout.write(render(result) + "\n")
            sys.stdout.flush()
    except CommandError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def results(subjects: set[str], options: argparse.Namespace, work: Path) -> Iterator[Result]:
    """Hold the contests one after the other, each set up only when its turn comes."""
    for contest in contests(subjects, options, work):
        yield hold(contest, options.runs, options.budget)


def contests(subjects: set[str], options: argparse.Namespace, work: Path) -> Iterator[Contest]:
    """Set up the contests of the subjects, in a fixed order."""
    if "startup" in subjects:
        yield startup.contest(work)
    if "plan" in subjects:
        for size in options.sizes:
            yield plan.contest(work, size)
    if "fleet" in subjects:
        with hosts.up(options.hosts) as reached:
            yield from fleet.contests(work, reached)
    if "backups" in subjects:
        yield from backups.contests(work, options.mebibytes)
    if "increment" in subjects:
        yield from increment.contests(work)
    if "loadmasters" in subjects:
        with appliances.up(options.devices) as sites:
            yield appliances.contest(work, sites)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

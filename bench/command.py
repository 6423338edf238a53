"""One program run to its end: what it cost, and proof that it did what it was to do."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bench import arrival

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable, Mapping
    from pathlib import Path

Cost = Literal["wall", "cpu", "memory"]
# Nothing else: PYTHONDONTWRITEBYTECODE, an ssh-agent or ANSIBLE_… of the person at the keyboard
# would favour one contender.
INHERITED = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


class CommandError(Exception):
    """A program did not do what a fair comparison needs; carries its own words."""


@dataclass(frozen=True)
class Sample:
    """What one run cost: seconds of the clock, seconds of CPU, and the largest process in MiB."""

    wall: float
    cpu: float
    memory: float

    def of(self, cost: Cost) -> float:
        """Return one of the three."""
        value: float = getattr(self, cost)
        return value


@dataclass(frozen=True)
class Command:
    """A program, and how to tell that it did its work: the exit code and a text it prints.

    `prepare` runs before each run and `verify` after it; neither is measured. The wall time is that
    until a file appears in the folder `until`, or until the end where there is no such folder.
    """

    argv: tuple[str, ...]
    folder: Path
    says: str = ""
    exit_code: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] | None = None
    verify: Callable[[], None] | None = None
    until: Path | None = None


def run(command: Command, *, timeout: float = 300) -> Sample:
    """Run a command once and return its cost; raise CommandError unless it did its work."""
    if command.prepare:
        command.prepare()
    os.sync()  # what one contender left to be written out is not paid for by the next
    log = command.folder / "output.log"
    watched = arrival.watched(command.until) if command.until else nullcontext()
    with log.open("wb") as output, watched as arrived:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            cwd=command.folder,
            env={**INHERITED, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code, usage, end = _wait(process, timeout, arrived)
        wall = end - start
    _check(command, code, log.read_text(errors="replace"))
    if command.verify:
        command.verify()
    # The kernel counts the bench's own size as a floor of maxrss, so the bench itself stays small.
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _wait(
    process: subprocess.Popen[bytes], timeout: float, arrived: int | None
) -> tuple[int, resource.struct_rusage, float]:
    """Wait for the process and all it waited for; kill its session at the time limit.

    The moment returned is that of the arrival, or of the end where that comes first.
    """
    descriptor = os.pidfd_open(process.pid)
    awaited = [descriptor] if arrived is None else [descriptor, arrived]
    ended: list[int] = []
    try:
        came, _, _ = select.select(awaited, [], [], timeout)
        end = time.perf_counter()
        ended, _, _ = select.select([descriptor], [], [], timeout if came else 0)
    finally:
        os.close(descriptor)
        if not ended:  # also where somebody pressed Ctrl-C
            os.killpg(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage, end


def _check(command: Command, code: int, output: str) -> None:
    """Refuse a run that ended otherwise than it should: its cost would mean nothing."""
    if code == command.exit_code and command.says in output:
        return
    wanted = f"exit {command.exit_code}" + (f" and {command.says!r}" if command.says else "")
    tail = "\n".join(output.splitlines()[-30:])
    raise CommandError(f"{' '.join(command.argv)}: exit {code}, wanted {wanted}:\n{tail}")

"""Ends an agent by SIGKILL: before its n-th step, or once so many bytes have left it."""

from __future__ import annotations

import itertools
import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

KILLED = -9
# How far apart the steps are that a dataset's run is killed before: each takes a second or two.
STRIDE = int(os.environ.get("HOLDFAST_TEST_STRIDE", "2"))


def points(every: int = 1) -> Iterator[int]:
    """Yield the steps of a sweep, from any of the first ones on: those between get their turn."""
    return itertools.count(random.randint(1, STRIDE), every * STRIDE)  # noqa: S311 - any will do


def last(killed: Callable[[int], object], every: int = 1) -> int:
    """Kill a run before each point of a sweep; return the first that a run did not come to."""
    return next(number for number in points(every) if not killed(number))


def every_other() -> Iterator[bool]:
    """Say after each kill whether a good run comes at once: after the first of two, or the second.

    In between one kill comes upon what another left.
    """
    return itertools.cycle(random.sample((True, False), 2))


# Runs the agent until it is about to do for the n-th time what another process could see; `n@word`
# counts from the first program on that is started with such a word.
STEPS = """
import os, sys
number, _, word = sys.argv[1].partition("@")
left = int(number)
changes = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.chmod",
           "os.chown", "subprocess.Popen"}
def step():
    global left
    left -= not word
    if not left:
        os.kill(os.getpid(), 9)
def watch(event, arguments):
    global word
    if event == "subprocess.Popen" and word in arguments[1]:
        word = ""
    opens = event == "open" and isinstance(arguments[0], str)  # what has a number is open already
    writes = opens and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE
    if event in changes or writes:
        step()
def stepping(call):
    def stepped(*arguments):
        step()
        return call(*arguments)
    return stepped
sys.addaudithook(watch)
for name in ("fsync", "pwrite"):  # which no hook is told of
    setattr(os, name, stepping(getattr(os, name)))
from holdfast.agent.main import main
sys.exit(main(sys.argv[2:]))
"""


def at_byte(process: subprocess.Popen[bytes], number: int) -> None:
    """Kill a process as soon as it has written so many bytes to files and pipes."""
    while process.poll() is None and written(process.pid) < number:
        time.sleep(0.002)
    process.kill()
    process.communicate(timeout=600)


def written(pid: int) -> int:
    """Return how many bytes a process has written so far, to whatever."""
    told = Path(f"/proc/{pid}/io").read_text()
    return int(told.partition("wchar: ")[2].split()[0])

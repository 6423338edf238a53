"""The `zfs` program: argument lists in, text out. Must not: take an error for "nothing there"."""

from __future__ import annotations

import contextlib
import subprocess
import time
from typing import Sequence

from holdfast.agent.failure import Failed

_ABSENT = "dataset does not exist"
_BUSY = "dataset is busy"
_PATIENCE, _PAUSE = 5.0, 0.2


def run(*words: str) -> str:
    """Return what `zfs` says; raise Failed in its own words where it fails."""
    done = _run(words)
    if done.returncode:
        raise failure(words, done.stderr)
    return done.stdout


def run_patiently(*words: str) -> str:
    """Run what may find a dataset busy for a moment after its last user has gone, as udev does it.

    Raises Failed when that does not pass.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return run(*words)
        except Failed as failure:
            if _BUSY not in str(failure) or time.monotonic() >= end:
                raise
        time.sleep(_PAUSE)


def ask(*words: str) -> str | None:
    """Return what `zfs` says, None where it says that the dataset does not exist."""
    done = _run(words)
    if done.returncode == 0:
        return done.stdout
    if _ABSENT in done.stderr:
        return None
    raise failure(words, done.stderr)


def ask_of_several(seconds: float | None, *words: str) -> str:
    """Return what `zfs` says of those of several datasets that exist.

    Raises Failed where anything else is wrong: of a dataset that was read in part nobody knows
    what lacks. So it does after some seconds, for a pool that stands still answers never; None
    waits for it.
    """
    try:
        process = subprocess.Popen(
            ["zfs", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        raise absent() from None
    try:
        out, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_PAUSE)  # what hangs in the kernel does not even end then
        raise Failed("zfs %s has not answered for %g s" % (words[0], late.timeout)) from None
    faults = [line for line in said.splitlines() if not line.endswith(_ABSENT)]
    if faults or process.returncode < 0 or (process.returncode and not said):
        raise failure(words, "\n".join(faults))
    return out


def usage() -> str:
    """Return how `zfs` says that its commands are used, as it does where none is named."""
    return _run(()).stderr


def failure(words: Sequence[str], said: str) -> Failed:
    """Return the error of a `zfs` command that failed, without what it only warned of."""
    lines = said.splitlines()
    faults = [line for line in lines if not line.lstrip().startswith("Warning:")]
    told = " ".join(" ".join(faults or lines).split()) or "it failed without a word"
    return Failed("zfs %s %s: %s" % (words[0], words[-1], told))


def absent() -> Failed:
    """Return the error of a node that has no ZFS."""
    return Failed("this node has no `zfs` program: install ZFS, or back up to a directory")


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["zfs", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        raise absent() from None

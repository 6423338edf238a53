"""The `zfs` program: argument lists in, text out. Must not: take an error for "nothing there"."""

from __future__ import annotations

import contextlib
import subprocess
import time
from typing import IO, Sequence

from holdfast.agent import memory
from holdfast.agent.failure import Failed

_ABSENT = "dataset does not exist"
_BUSY = "dataset is busy"
_PATIENCE, _PAUSE = 5.0, 0.2


class Started:
    """A `zfs` at work while we go on; it ends with the block, whatever it was at."""

    def __init__(self, *words: str) -> None:
        """Start it; raise Failed where there is none."""
        self._words = words
        self._out, self._said = memory.file(), memory.file()
        try:
            self._process = start(words, subprocess.DEVNULL, self._out, self._said)
        except Failed:
            self._forget()
            raise

    def __enter__(self) -> Started:  # noqa: PYI034 - Self is of Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and let go of what it said."""
        self.kill()
        self._process.wait()
        self._forget()

    def wait(self, seconds: float) -> None:
        """Wait for its end, at most so long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def kill(self) -> None:
        """End it now; who waits for it is told that it failed."""
        self._process.kill()

    def output(self) -> str:
        """Return what it says, once it has ended; raise Failed in its own words where it fails."""
        if self._process.wait():
            raise failure(self._words, memory.text(self._said))
        return memory.text(self._out)

    def answer(self) -> str | None:
        """Return what it says, None where it says that the dataset does not exist."""
        if self._process.wait() and _ABSENT in self.complaint():
            return None
        return self.output()

    def of_several(self) -> str:
        """Return what it says of those of several datasets that exist.

        Raises Failed where anything else is wrong: of a dataset that was read in part nobody knows
        what lacks.
        """
        code = self._process.wait()
        return _of_several(self._words, code, memory.text(self._out), memory.text(self._said))

    def complaint(self) -> str:
        """Return what it says on its standard error."""
        self._process.wait()
        return memory.text(self._said)

    def _forget(self) -> None:
        self._out.close()
        self._said.close()


def start(
    words: Sequence[str], source: int, target: int | IO[bytes], errors: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start `zfs` with its streams; raise Failed where there is none."""
    try:
        return subprocess.Popen(
            ["zfs", *words], stdin=source, stdout=target, stderr=errors, bufsize=0
        )
    except FileNotFoundError:
        raise absent() from None


def run(*words: str) -> str:
    """Return what `zfs` says; raise Failed in its own words where it fails."""
    with Started(*words) as started:
        return started.output()


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
    with Started(*words) as started:
        return started.answer()


def ask_of_several(seconds: float, *words: str) -> str:
    """Return what `Started.of_several` does; raise Failed also after some seconds.

    A pool that stands still answers never.
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
    return _of_several(words, process.returncode, out, said)


def _of_several(words: Sequence[str], code: int, out: str, said: str) -> str:
    faults = [line for line in said.splitlines() if not line.endswith(_ABSENT)]
    if faults or code < 0 or (code and not said):
        raise failure(words, "\n".join(faults))
    return out


def failure(words: Sequence[str], said: str) -> Failed:
    """Return the error of a `zfs` command that failed, without what it only warned of."""
    lines = said.splitlines()
    faults = [line for line in lines if not line.lstrip().startswith("Warning:")]
    told = " ".join(" ".join(faults or lines).split()) or "it failed without a word"
    return Failed("zfs %s %s: %s" % (words[0], words[-1], told))


def absent() -> Failed:
    """Return the error of a node that has no ZFS."""
    return Failed("this node has no `zfs` program: install ZFS, or back up to a directory")

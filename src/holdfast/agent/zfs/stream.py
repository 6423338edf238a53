"""A snapshot's bytes out of `zfs send` and into `zfs receive`, which is never forced."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import IO, TYPE_CHECKING, Iterable, Iterator

from holdfast.agent import memory
from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command

if TYPE_CHECKING:
    from holdfast.agent.zfs.snapshots import Snapshot

PLAIN, RAW = (), ("-w",)  # how it is sent: in the clear, or as ZFS encrypts it
KEEP_PARTS = "-s"  # what came before a stream breaks off stays, to go on from
_PATIENCE = 30.0  # seconds for a receive to take back what came of a stream that broke off


def sending(
    snapshot: Snapshot, base: Snapshot | None, mode: tuple[str, ...]
) -> contextlib.AbstractContextManager[Sending]:
    """Send a snapshot, whole or as what changed since a base; the program ends with the block."""
    return _sending("send", *of(snapshot, base, mode))


def of(snapshot: Snapshot, base: Snapshot | None, mode: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that tell `zfs send` which stream is meant."""
    since = () if base is None else ("-i", "@" + base.name)
    return (*mode, *since, snapshot.path)


def resuming(token: str) -> contextlib.AbstractContextManager[Sending]:
    """Send the rest of what a receive broke off from."""
    return _sending("send", "-t", token)


@contextlib.contextmanager
def _sending(*words: str) -> Iterator[Sending]:
    with memory.file() as errors:
        process = command.start(words, subprocess.DEVNULL, subprocess.PIPE, errors)
        try:
            yield Sending(words, process, errors)
        finally:
            process.kill()
            process.communicate()


class Sending:
    """One snapshot on its way out."""

    def __init__(
        self, words: tuple[str, ...], process: subprocess.Popen[bytes], errors: IO[bytes]
    ) -> None:
        self._words = words
        self._process = process
        self._errors = errors

    def blocks(self) -> Iterator[bytes]:
        """Yield the stream; raise Failed unless it came to its end."""
        out = self._process.stdout
        assert out is not None  # noqa: S101 - asked for above
        while block := os.read(out.fileno(), MIB):
            yield block
        if self._process.wait():
            raise command.failure(self._words, memory.text(self._errors))

    def interrupt(self) -> None:
        """Make a read that hangs return."""
        self._process.kill()


def receive(blocks: Iterable[bytes], target: str, *flags: str) -> None:
    """Make a snapshot, or a dataset with one, of a stream.

    Of a broken one nothing stays, unless `flags` hold KEEP_PARTS.
    """
    with receiving(target, *flags) as into:
        into.take(blocks)


@contextlib.contextmanager
def receiving(target: str, *flags: str) -> Iterator[Receiving]:
    """Give what takes a stream; of one that breaks off nothing stays, but for KEEP_PARTS."""
    words = ("receive", "-u", *flags, target)
    with memory.file() as errors:
        process = command.start(words, subprocess.PIPE, subprocess.DEVNULL, errors)
        try:
            assert process.stdin is not None  # noqa: S101 - asked for above
            with process.stdin as into:
                taking = Receiving(into)
                yield taking
            code = process.wait()
        except BaseException:
            _take_back(process)
            raise
        if code:
            raise _refused(target, words, memory.text(errors))
        if taking.is_closed:
            raise Failed("%s was received before its stream was at an end" % target)


class Receiving:
    """One stream on its way in."""

    def __init__(self, into: IO[bytes]) -> None:
        self.is_closed = False
        self._into = into

    def take(self, blocks: Iterable[bytes]) -> None:
        """Take all of a stream, or as much as the program wants; it works on while we go on."""
        for block in blocks:
            if not self.write(block):
                break
        self._into.close()

    def write(self, block: bytes) -> bool:
        """Take the next bytes; False when the program takes no more, and will say why."""
        rest = memoryview(block)
        try:
            while rest:  # a signal may cut a write short: pipe(7)
                rest = rest[self._into.write(rest) :]
        except BrokenPipeError:
            self.is_closed = True
        return not self.is_closed


def _take_back(process: subprocess.Popen[bytes]) -> None:
    """Wait until a receive whose stream broke off has removed what had come."""
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _refused(target: str, words: tuple[str, ...], said: str) -> Failed:
    dataset = target.partition("@")[0]
    if "has been modified" in said:
        return Failed(
            "%s was modified since its newest backup: see what was written there, "
            "take it back with `zfs rollback`, and keep it unmounted" % dataset
        )
    if "out of space" in said or "quota exceeded" in said:
        return Failed("no space left for %s: free some, or keep fewer backups" % dataset)
    if "checksum mismatch" in said:
        return Failed(
            "the stream for %s was altered or damaged on its way (checksum mismatch); if it comes "
            "of a backup, verify that and its base" % dataset
        )
    return command.failure(words, said.partition("Partially received snapshot")[0])

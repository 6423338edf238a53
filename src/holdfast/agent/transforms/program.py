"""A stage that is another program: it reads the blocks and writes what they become."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import selectors
import subprocess
from typing import IO, TYPE_CHECKING, Generator, Iterable, Iterator, Tuple

from holdfast.agent import memory
from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.transforms.pipeline import Stage

_SET_PIPE_SIZE = 1031  # linux/fcntl.h; not in fcntl before Python 3.10


class ProgramError(Failed):
    """The program failed; the text is its own, with its name."""


def through(*command: str) -> Stage:
    """Return the stage that a command is. It has to read all its input, and to end after it."""
    return functools.partial(_run, command=command)


def _run(blocks: Iterable[bytes], command: Tuple[str, ...]) -> Iterator[bytes]:
    with memory.file() as talk:
        status = yield from _converse(blocks, command, talk)
        if status:
            talk.seek(0)
            words = talk.read(2000).decode(errors="replace").strip()
            raise ProgramError(f"{os.path.basename(command[0])} failed: {words or status}")


def _converse(
    blocks: Iterable[bytes], command: Tuple[str, ...], talk: IO[bytes]
) -> Generator[bytes, None, str]:
    """Yield what the program makes of the blocks; return what is wrong with how it ended."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, stderr=talk) as child:
        assert child.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert child.stdout is not None  # noqa: S101
        source, sink = child.stdout.fileno(), child.stdin.fileno()
        for pipe_end in (source, sink):
            with contextlib.suppress(OSError):  # the user's pipes may have reached their limit
                fcntl.fcntl(pipe_end, _SET_PIPE_SIZE, MIB)
        try:
            all_taken = yield from _feed(blocks, source, sink)
            child.stdin.close()
            yield from iter(functools.partial(os.read, source, MIB), b"")
            status = child.wait()
        finally:
            child.kill()
    if status:
        return f"exit status {status}"
    return "" if all_taken else "it ended before its input did"


def _feed(blocks: Iterable[bytes], source: int, sink: int) -> Generator[bytes, None, bool]:
    """Write all blocks and yield what comes back meanwhile; return whether all were taken."""
    os.set_blocking(sink, False)
    with selectors.DefaultSelector() as ready:
        ready.register(source, selectors.EVENT_READ)
        ready.register(sink, selectors.EVENT_WRITE)
        for block in blocks:
            left = memoryview(block)
            while left:
                for key, _ in ready.select():
                    if key.fd == source:
                        out = os.read(source, MIB)
                        if not out:
                            return False
                        yield out
                    else:
                        try:
                            left = left[os.write(sink, left) :]
                        except BrokenPipeError:
                            return False
    return True

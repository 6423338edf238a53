"""A node that is a directory of this machine: its agent runs as a child of ours."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from typing import TYPE_CHECKING, cast

from holdfast.errors import Unreachable
from holdfast.transport import exits

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import IO

    from holdfast.transport.bootstrap import Command
    from holdfast.transport.session import Local, Timeouts

_SIZE = 1 << 16


def exchange(
    node: str, place: Local, timeouts: Timeouts, command: Command, request: bytes
) -> Generator[bytes, None, None]:
    """Run a command, feed it, and yield its standard output in chunks; closing it kills it."""
    if not place.root.is_dir():
        raise Unreachable(node, f"there is no directory {place.root}")
    words = exits.Words()
    with subprocess.Popen(
        command.words(sys.executable),
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(place),
        start_new_session=True,  # a Ctrl-C here must not stop an apply in the middle there
    ) as process:
        try:
            yield from _pump(node, process, timeouts.idle, command.prologue + request, words)
            status = process.wait(timeouts.idle)
        except subprocess.TimeoutExpired:
            raise Unreachable(node, f"did not end in {timeouts.idle:g} s") from None
        finally:
            process.kill()
    exits.check(node, status, words)


def _environment(place: Local) -> dict[str, str]:
    # Ours holds secrets, and a node has no use for any of it.
    return {"HOLDFAST_ROOT": str(place.root.resolve()), "PATH": os.defpath, "LC_ALL": "C"}


def _pump(
    node: str, process: subprocess.Popen[bytes], idle: float, content: bytes, words: exits.Words
) -> Generator[bytes, None, None]:
    """Feed and read at once, so that neither side waits for the other for ever."""
    pipes = (process.stdin, process.stdout, process.stderr)
    stdin, stdout, stderr = cast("tuple[IO[bytes], IO[bytes], IO[bytes]]", pipes)  # all are PIPE
    os.set_blocking(stdin.fileno(), False)
    unsent = memoryview(content)
    with selectors.DefaultSelector() as selector:
        selector.register(stdin, selectors.EVENT_WRITE, stdin)
        selector.register(stdout, selectors.EVENT_READ, stdout)
        selector.register(stderr, selectors.EVENT_READ, stderr)
        while selector.get_map():
            for pipe in _ready(node, selector, idle):
                if pipe is stdin:
                    unsent = unsent[_feed(pipe, unsent) :]
                    done = not unsent
                else:
                    chunk = os.read(pipe.fileno(), _SIZE)
                    done = not chunk
                    if pipe is stderr:
                        words.add(chunk)
                    else:
                        yield chunk
                if done:
                    selector.unregister(pipe)
                    pipe.close()


def _ready(node: str, selector: selectors.BaseSelector, idle: float) -> list[IO[bytes]]:
    keys = selector.select(idle)
    if not keys:
        raise Unreachable(node, f"no answer for {idle:g} s")
    return [key.data for key, _ in keys]


def _feed(pipe: IO[bytes], unsent: memoryview) -> int:
    """Return how much was taken: all, once nobody reads any more, for the exit status says why."""
    try:
        return os.write(pipe.fileno(), unsent)
    except BrokenPipeError:
        return len(unsent)

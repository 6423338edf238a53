"""Stages in threads of their own, joined by short queues. Must not: know what a stage does.

A stage takes blocks and yields blocks; it starts when its first block is asked for. Memory stays
bounded, for a stage that is ahead waits. The first failure stops all stages and is what the reader
of the last one gets; no thread outlives the `with`.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, List, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType

Stage = Callable[[Iterable[bytes]], Iterator[bytes]]
WORKERS = 2
_AHEAD = 2  # blocks that a stage may be ahead of the next


class Canceled(Exception):
    """The pipeline was canceled from another thread."""


class Pipeline:
    """Blocks on their way through stages: `with Pipeline(blocks, stages) as out: for block in out`.

    `interrupt` is called once if all must stop early; it has to make a read that hangs return, such
    as by killing the child that is read from. The blocks stay the caller's, to close afterwards.
    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        stages: Sequence[Stage],
        interrupt: Optional[Callable[[], None]] = None,
    ) -> None:
        self._blocks = blocks
        self._steps: List[Tuple[Stage, _Link]] = [(stage, _Link()) for stage in stages]
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._cause: Optional[BaseException] = None
        self._threads: List[threading.Thread] = []

    def __enter__(self) -> Iterator[bytes]:
        blocks = self._blocks
        for stage, link in self._steps:
            thread = threading.Thread(
                target=self._run, args=(stage, blocks, link), name="holdfast-stage"
            )
            thread.start()
            self._threads.append(thread)
            blocks = link
        return self._result(blocks)

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._stop(error or Canceled("the reader went away"))
        for thread in self._threads:
            thread.join()

    def cancel(self) -> None:
        """Stop everything, from any thread; the reader of the last stage gets Canceled."""
        self._stop(Canceled("canceled"))

    def _result(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from blocks
        except _Stopped:
            assert self._cause is not None  # noqa: S101 - only _stop stops links, and it sets one
            raise self._cause from None

    def _run(self, stage: Stage, blocks: Iterable[bytes], link: _Link) -> None:
        try:
            _pump(stage, blocks, link)
        except BaseException as error:  # noqa: BLE001 - it is raised where the last stage is read
            self._stop(error)

    def _stop(self, cause: BaseException) -> None:
        with self._lock:
            if self._cause is not None:
                return
            self._cause = cause
        unfinished = not all(link.ended for _, link in self._steps)
        for _, link in self._steps:
            link.stop()
        if unfinished and self._interrupt is not None:
            self._interrupt()


def parallel(blocks: Iterable[bytes], work: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yield what work makes of each block, in order, worked on by several threads."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - it imports much that few need

    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="holdfast-worker")
    waiting: deque[Future[bytes]] = deque()
    try:
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Stopped(Exception):
    """All has to end, by a cause that the pipeline knows."""


class _Link:
    """A short queue between one stage and the next."""

    def __init__(self) -> None:
        self.ended = False
        self._stopped = False
        self._room = threading.Semaphore(_AHEAD)
        self._queue: queue.SimpleQueue[Optional[bytes]] = queue.SimpleQueue()

    def put(self, block: bytes) -> None:
        self._room.acquire()
        if self._stopped:
            raise _Stopped
        self._queue.put(block)

    def end(self) -> None:
        self.ended = True
        self._queue.put(None)

    def stop(self) -> None:
        """Wake whoever waits at either side."""
        self._stopped = True
        self._room.release()
        self._queue.put(None)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            block = self._queue.get()
            if self._stopped:
                raise _Stopped
            if block is None:
                return
            self._room.release()
            yield block


def _pump(stage: Stage, blocks: Iterable[bytes], link: _Link) -> None:
    out = stage(blocks)
    try:
        for block in out:
            link.put(block)
    finally:
        close = getattr(out, "close", None)  # a chain of iterators has none
        if close is not None:
            close()
    link.end()

from __future__ import annotations

import itertools
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from holdfast.agent.transforms.pipeline import Canceled, Pipeline, parallel
from threads import none_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Broken(Exception):
    pass


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    with none_left():
        yield


def doubled(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield block * 2


def failing(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for number, block in enumerate(blocks):
        if number == 3:
            raise Broken("in the middle")
        yield block


def endless() -> Iterator[bytes]:
    return itertools.repeat(b"block")


def test_blocks_pass_all_stages_in_order() -> None:
    blocks = [bytes([number]) for number in range(200)]
    with Pipeline(blocks, [doubled, doubled]) as out:
        assert list(out) == [block * 4 for block in blocks]


def test_no_stages_pass_everything() -> None:
    with Pipeline([b"a", b"b"], []) as out:
        assert list(out) == [b"a", b"b"]


def test_stages_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=60)

    def meets(blocks: Iterable[bytes]) -> Iterator[bytes]:
        yield from itertools.islice(blocks, 1)
        meeting.wait()  # breaks unless both other stages are here too

    with Pipeline([b"a"], [meets, meets, meets]) as out:
        assert list(out) == [b"a"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_failing_stage_stops_all_and_is_what_the_reader_gets(place: int) -> None:
    stages = [doubled, doubled]
    stages.insert(place, failing)
    with pytest.raises(Broken, match="middle"), Pipeline(endless(), stages) as out:
        for _ in out:
            pass


def test_a_failing_source_is_what_the_reader_gets() -> None:
    with pytest.raises(Broken), Pipeline(failing(endless()), [doubled]) as out:
        for _ in out:
            pass


def test_the_first_cause_is_told_when_the_stop_breaks_something_else() -> None:
    reading, writing = os.pipe()

    def read() -> Iterator[bytes]:
        yield from [b"a"] * 4
        os.read(reading, 1)  # hangs until interrupted
        raise ValueError("the source was killed")

    with (
        pytest.raises(Broken),
        Pipeline(read(), [doubled, failing], interrupt=lambda: os.close(writing)) as out,
    ):
        list(out)
    os.close(reading)


def test_a_source_that_hangs_is_interrupted_when_the_reader_fails() -> None:
    reading, writing = os.pipe()

    def read() -> Iterator[bytes]:
        yield b"a"
        os.read(reading, 1)

    def write() -> None:
        with Pipeline(read(), [doubled], interrupt=lambda: os.close(writing)) as out:
            assert next(out) == b"aa"
            raise Broken("disk full")

    with pytest.raises(Broken, match="disk full"):
        write()
    os.close(reading)


def test_nothing_is_interrupted_when_all_went_well() -> None:
    interrupted = threading.Event()
    with Pipeline([b"a"], [doubled], interrupt=interrupted.set) as out:
        list(out)
    assert not interrupted.is_set()


def test_canceling_from_another_thread_ends_the_reader() -> None:
    pipeline = Pipeline(endless(), [doubled])
    timer = threading.Timer(0.05, pipeline.cancel)
    timer.start()
    with pytest.raises(Canceled), pipeline as out:
        for _ in out:
            pass
    timer.join()


def test_a_reader_that_leaves_early_leaves_no_thread() -> None:
    with Pipeline(endless(), [doubled, doubled]) as out:
        assert next(out) == b"block" * 4


def test_a_stage_cleans_up_when_stopped() -> None:
    cleaned = threading.Event()

    def careful(blocks: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from blocks
        finally:
            cleaned.set()

    with Pipeline(endless(), [careful, doubled]) as out:
        next(out)
    assert cleaned.is_set()


def test_a_source_waits_for_a_slow_reader() -> None:
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for block in endless():
            taken += 1
            yield block

    with Pipeline(counted(), [doubled, doubled]) as out:
        next(out)
        time.sleep(0.2)
        assert taken < 12


def test_parallel_keeps_the_order_and_works_at_once() -> None:
    meeting = threading.Barrier(2, timeout=60)

    def work(block: bytes) -> bytes:
        meeting.wait()  # breaks unless two work at the same time
        time.sleep(0.001 * (block[0] % 3))
        return block * 2

    blocks = [bytes([number]) for number in range(20)]
    assert list(parallel(blocks, work)) == [block * 2 for block in blocks]


def test_parallel_reads_no_further_than_it_works() -> None:
    source = iter([bytes([number]) for number in range(100)])
    working = parallel(source, bytes)
    next(working)
    assert len(list(source)) > 90
    working.close()  # type: ignore[attr-defined]  # it is a generator


def test_parallel_passes_on_what_work_raises() -> None:
    def work(block: bytes) -> bytes:
        raise Broken(block)

    with pytest.raises(Broken):
        list(parallel(endless(), work))

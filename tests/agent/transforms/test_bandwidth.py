from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.transforms.bandwidth import Bandwidth

KIB = 1024


class Clock:
    """A clock that only sleeping moves, and what was sent when."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds


def timed(clock: Clock, rate: int, blocks: list[bytes]) -> list[tuple[float, int]]:
    limit = Bandwidth(rate, clock, clock.sleep)
    return [(clock.now, len(part)) for part in limit.over(blocks)]


@given(
    st.integers(KIB, 200 * KIB * KIB),
    st.lists(st.integers(0, 3 * KIB * KIB), min_size=1, max_size=5),
)
def test_the_rate_holds_to_five_percent_over_ten_seconds(rate: int, sizes: list[int]) -> None:
    clock = Clock()
    blocks = [bytes(size) for size in sizes]
    sent = 0
    limit = Bandwidth(rate, clock, clock.sleep)
    for part in limit.over(blocks * 3):
        sent += len(part)
        if clock.now >= 1010:
            break
    seconds = clock.now - 1000
    if seconds >= 10:
        assert abs(sent / seconds / rate - 1) < 0.05
    else:  # the stream was too short to fill ten seconds, and never too fast
        assert sent <= rate * seconds * 1.001 + rate / 20 + 1


def test_every_second_carries_its_share() -> None:
    sent = timed(Clock(), 100 * KIB, [bytes(1_000_000)])
    for second in range(9):
        share = sum(size for at, size in sent if second < at - 1000 <= second + 1)
        assert abs(share / (100 * KIB) - 1) < 0.06


def test_the_bytes_stay_the_same() -> None:
    clock = Clock()
    content = bytes(range(256)) * 1000
    limit = Bandwidth(1_000_000, clock, clock.sleep)
    assert b"".join(limit.over([content[:100_000], b"", content[100_000:]])) == content


def test_a_pause_of_the_source_is_not_caught_up_on() -> None:
    clock = Clock()
    limit = Bandwidth(1000, clock, clock.sleep)
    list(limit.over([bytes(1000)]))
    clock.now += 60
    before = clock.now
    list(limit.over([bytes(10_000)]))
    assert 9.5 < clock.now - before <= 10


def test_a_clock_that_sleeps_too_long_is_caught_up_on() -> None:
    clock = Clock()
    limit = Bandwidth(100_000, clock, lambda seconds: clock.sleep(seconds + 0.02))
    list(limit.over([bytes(1_000_000)]))
    assert clock.now - 1000 == pytest.approx(10, rel=0.05)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60), st.integers(1000, 10_000_000))
def test_no_ten_seconds_carry_more_than_five_percent_too_much(
    pauses: list[float], rate: int
) -> None:
    clock = Clock()
    limit = Bandwidth(rate, clock, clock.sleep)
    sent: list[tuple[float, int]] = []
    for pause in pauses:
        clock.now += pause
        sent += [(clock.now, len(part)) for part in limit.over([bytes(rate)])]
    for begin, _ in sent:
        within = sum(size for at, size in sent if begin <= at <= begin + 10)
        assert within <= rate * 10.5


def test_two_streams_share_one_limit() -> None:
    clock = Clock()
    limit = Bandwidth(1000, clock, clock.sleep)
    first, second = limit.over([bytes(5000)]), limit.over([bytes(5000)])
    for _ in zip(first, second, strict=True):
        pass
    assert clock.now - 1000 == pytest.approx(10, rel=0.05)


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Bandwidth(0)


@pytest.mark.slow
def test_the_rate_holds_in_real_time() -> None:
    begun = time.monotonic()
    for _ in Bandwidth(10_000_000).over([bytes(1 << 20)] * 19):
        pass
    assert 19 * (1 << 20) / (time.monotonic() - begun) == pytest.approx(10_000_000, rel=0.05)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.quantity import duration, limit, rate, size
from holdfast.model.wrong import Wrong


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("1000", 1000),
        ("100MB", 100_000_000),
        ("100 MB", 100_000_000),
        ("2TiB", 2 * 1024**4),
        ("1.5GiB", 3 * 1024**3 // 2),
        ("1kB", 1000),
        ("1KiB", 1024),
        ("3B", 3),
    ],
)
def test_a_size_is_so_many_bytes(text: str, number: int) -> None:
    assert size(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "-1", "-2TiB", "2T", "2tib", "1.5", "1.5B", "x", "1 2", "8EiB", "1e9", "1,5GB", "٣"],
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        size(text)


@settings(max_examples=40)
@given(st.integers(0, 2**20), st.sampled_from(["B", "KiB", "MiB", "GiB", "kB", "MB", "GB"]))
def test_a_rate_is_a_size_a_second(number: int, unit: str) -> None:
    text = f"{number}{unit}"
    if number == 0:
        with pytest.raises(Wrong, match="0 would never end"):
            rate(f"{text}/s")
    else:
        assert rate(f"{text}/s") == size(text)
    with pytest.raises(Wrong, match="is not a rate"):
        rate(text)


def test_a_rate_may_be_off_or_bytes() -> None:
    assert rate("off") is None
    assert rate("1048576") == 1048576


@settings(max_examples=40)
@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: int) -> None:
    assert duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("90s", 90), ("30m", 1800), ("6h", 21600), ("2d", 172800)]
)
def test_a_duration_is_so_many_seconds(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "4", "-6h", "1w", "30m1h", "1.5h", "h", "6 h", "9999d", "٣s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        duration(text)


def test_a_limit_is_not_nothing() -> None:
    assert limit("1s") == 1
    for text in ("0", "0h"):
        with pytest.raises(Wrong, match="0 would stop every run"):
            limit(text)

"""Instants are texts of one shape, whatever the year or the zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent import timestamp


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_reads_back_to_the_second(instant: datetime) -> None:
    text = timestamp.to_text(instant)
    assert len(text) == len("2026-11-21T03:30:00Z")
    assert timestamp.from_text(text) == instant.replace(microsecond=0)


def test_a_year_is_padded_and_a_zone_is_utc() -> None:
    assert timestamp.to_text(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"
    prague = timezone(timedelta(hours=1))
    assert timestamp.to_text(datetime(2026, 11, 21, tzinfo=prague)) == "2026-11-20T23:00:00Z"


@pytest.mark.parametrize("text", ["1-01-01T00:00:00Z", "2026-11-21T03:30:00", "2026-11-21", "Z"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        timestamp.from_text(text)

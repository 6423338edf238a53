from __future__ import annotations

from datetime import date

import pytest

from holdfast.model.lock import backup, day
from holdfast.model.wrong import Wrong


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("web01:1/daily-20261121_020000", "daily@web01:1"),
        ("lm-prg-1/nightly-20261121_010700", "nightly@lm-prg-1"),
        ("a:9/b-20261121_010700-20261121_010700", "b-20261121_010700@a:9"),
    ],
)
def test_a_backup_names_its_definition(text: str, identity: str) -> None:
    assert backup(text).id == identity
    assert str(backup(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "web01:1",
        "daily-20261121_020000",
        "web01:1/daily",
        "web01:1/daily-20261321_020000",
        "web01:0/daily-20261121_020000",
        "web01:1/daily-20261121_250000",
        "a/../b-20261121_020000",
    ],
)
def test_what_is_no_backup_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        backup(text)


def test_a_day_is_one_of_the_calendar() -> None:
    assert day("2028-02-29") == date(2028, 2, 29)
    for text in ("2027-02-29", "20270101", "2027-1-1", "tomorrow", "2027-W01-1"):
        with pytest.raises(Wrong, match="is not a day"):
            day(text)


def test_the_last_day_of_all_never_ends() -> None:
    assert day("9999-12-30") == date(9999, 12, 30)
    with pytest.raises(Wrong, match="never ends"):
        day("9999-12-31")

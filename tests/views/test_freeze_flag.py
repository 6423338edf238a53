"""A guest that was not frozen shows in every list of its backups."""

from __future__ import annotations

import pytest

from holdfast.engine.stock import Stored
from holdfast.views import backup as views
from holdfast.views import table


@pytest.mark.parametrize("freeze", [None, "off", "frozen", "failed"])
def test_how_a_freeze_went_is_told_where_one_was_asked_for(freeze: str | None) -> None:
    backup = Stored(
        name="web01:1/daily-20261121_020000",
        node="bkp01",
        storage="nas",
        definition="daily@web01:1",
        status="ok",
        created="2026-11-21T02:00:00Z",
        size=4,
        sha256="aa",
        owned=True,
        locked=False,
        fault="",
        freeze=freeze,
    )
    told = table.stock([backup])
    assert ("frozen" in told, "freeze failed" in told) == (freeze == "frozen", freeze == "failed")
    assert ("guest freeze" in views.show(backup)) is (freeze is not None)

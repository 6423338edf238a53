"""What a chain has listed: told again until something changes, and asked for anew if it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.played import listed
from holdfast.agent.failure import Failed
from holdfast.agent.stores.listed import Listed

if TYPE_CHECKING:
    from agent.zfs.scripted import Script

LISTING = "get -H -p -r -o"


def names(chain: Listed) -> list[str]:
    return [snapshot.name for snapshot in chain.known().snapshots]


def test_one_that_failed_is_asked_for_anew(script: Script) -> None:
    script.answer(LISTING, errors="pool I/O is currently suspended")
    chain = Listed("b/h")
    with chain.asked():
        for _ in range(2):
            with pytest.raises(Failed, match="suspended"):
                chain.known()
        script.answer(LISTING, listed("b/h@one", "1"))
        assert names(chain) == ["one"]


def test_one_from_before_a_change_is_not_told(script: Script) -> None:
    script.answer(LISTING, listed("b/h@one", "1"))
    chain = Listed("b/h")
    with chain.asked():
        with chain.changing():
            script.answer(LISTING, listed("b/h@two", "2"))
        assert names(chain) == ["two"]
        script.answer(LISTING, listed("b/h@three", "3"))
        assert names(chain) == ["two"]

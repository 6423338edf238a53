"""A bit that flips anywhere in a stored file or its manifest is found, and nothing is restored."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from agent import keys
from agent.acts.counter import act, asked, name, restoring, stocked

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # hundreds of altered backups

PLACES = 100
CONTENT = b"".join(number.to_bytes(4, "big") for number in range(5000))


@pytest.mark.parametrize("compression", ["off", "gzip"])
@pytest.mark.parametrize("suffix", [".img", ".json"])
def test_a_flipped_bit_is_found_and_refused(tmp_path: Path, suffix: str, compression: str) -> None:
    from agent.desk import Desk

    keys.settle(Desk(tmp_path).layout)
    desk = stocked(tmp_path, CONTENT, compression=compression)
    backup = name(desk)
    requests = [
        asked(desk, "verify", backup),
        asked(desk, "restore", backup, **{**restoring(), "accept": None}),
    ]
    (path,) = (p for p in desk.disk.iterdir() if p.name.startswith(backup[8:] + suffix))
    whole = path.read_bytes()
    later = desk.put("images/web01.raw", CONTENT[::-1])
    chance = random.Random(suffix + compression)  # noqa: S311 - any places will do
    for _ in range(PLACES // 2):
        altered = bytearray(whole)
        altered[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(altered)
        verified, restored = (act(desk, request) for request in requests)
        assert verified["type"] == "failure" or verified["fault"]
        assert restored["type"] == "failure"
        assert later.read_bytes() == CONTENT[::-1]
    path.write_bytes(whole)
    verified, restored = (act(desk, request) for request in requests)
    assert (verified["fault"], verified["content"]) == ("", True)
    assert restored["type"] == "result"
    assert later.read_bytes() == CONTENT

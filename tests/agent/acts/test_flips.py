"""A bit that flips anywhere in a stored file or its manifest is found, and nothing is restored.

In what was said of a backup later a flip harms nothing: the backup counts as locked.
"""

from __future__ import annotations

import base64
import json
import random
from typing import TYPE_CHECKING

import pytest

from agent import keys
from agent.acts.counter import act, asked, name, restoring, stocked
from agent.age.test_keys import IDENTITY
from agent.desk import Desk
from holdfast.agent.age import file as age
from holdfast.agent.age import header, x25519
from holdfast.agent.age.keys import Identity
from holdfast.agent.backups import listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACES = 1002  # of stored files, and as many of manifests
OPENS = Identity.parse(IDENTITY)
PACKINGS: dict[str, dict[str, object]] = {
    "plain": {},
    "packed": {"compression": "gzip"},
    "sealed": {"encrypt_to": [str(x25519.recipient_of(OPENS))]},
}
CONTENT = b"".join(number.to_bytes(4, "big") for number in range(1500))


def flips(path: Path, places: int) -> Iterator[bytes]:
    """Flip one bit of a file after the other, each alone; in the end it is whole again."""
    whole = path.read_bytes()
    chance = random.Random(f"{path.suffix} {len(whole)}")  # noqa: S311 - any places will do
    for _ in range(places):
        altered = bytearray(whole)
        altered[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(altered)
        yield bytes(altered)
    path.write_bytes(whole)


def opening(path: Path) -> str | None:
    """Return what opens a stored file, for a restore to be given."""
    if path.suffix != ".age":
        return None
    raw, _ = header.split([path.read_bytes()])
    return base64.b64encode(age.unwrap(raw, [OPENS])).decode()


@pytest.mark.slow
@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("flipped", ["file", "manifest"])
def test_a_flipped_bit_is_found_and_refused(tmp_path: Path, flipped: str, packing: str) -> None:
    keys.settle(Desk(tmp_path).layout)
    desk = stocked(tmp_path, CONTENT, **PACKINGS[packing])
    backup = name(desk)
    file = desk.disk / str(desk.manifests()[0]["file"])
    arguments = {**restoring(), "file_key": opening(file), "accept": None}
    requests = [asked(desk, "verify", backup), asked(desk, "restore", backup, **arguments)]
    later = desk.put("images/web01.raw", CONTENT[::-1])
    path = file if flipped == "file" else desk.disk / f"{backup[8:]}.json"
    for _ in flips(path, PLACES // len(PACKINGS)):
        verified, restored = (act(desk, request) for request in requests)
        assert verified["type"] == "failure" or verified["fault"]
        assert restored["type"] == "failure"
        assert later.read_bytes() == CONTENT[::-1]
    verified, restored = (act(desk, request) for request in requests)
    assert (verified["fault"], verified["content"]) == ("", packing != "sealed")
    assert restored["type"] == "result"
    assert later.read_bytes() == CONTENT


def test_a_flipped_bit_in_what_was_said_of_it_locks_it_and_loses_nothing(tmp_path: Path) -> None:
    desk = stocked(tmp_path, CONTENT)
    backup = name(desk)
    act(desk, asked(desk, "lock", backup, reason="audit", until="2027-11-01T00:00:00Z"))
    act(desk, asked(desk, "note", backup, text="before the upgrade"))
    act(desk, asked(desk, "verify", backup))
    (path,) = desk.disk.glob("*.state.json")
    whole = json.loads(path.read_bytes())
    seen = 0
    for altered in flips(path, 300):
        (found,) = listing.backups(str(desk.nas))
        assert (found.status, found.lock is not None) == ("ok", True)
        assert found.state.fault or json.loads(altered) == whole
        seen += bool(found.state.fault)
    assert seen > 290
    deleted = act(desk, asked(desk, "delete", backup, destroys=backup))
    assert "is locked until 2027-11-01" in deleted["message"]

"""A restore to another node: one ticket, place and use; and the old data until all is proven."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from agent.acts.counter import act, asked, name
from agent.peers.pair import IMAGE, Pair
from holdfast.agent import timestamp

if TYPE_CHECKING:
    from pathlib import Path

Line = dict[str, Any]
OLD = bytes(200_000)


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Return nodes with a backup of what the disk held; now it holds something else."""
    pair = Pair.below(tmp_path).settle(os.urandom(100_000))
    pair.good()
    pair.image.write_bytes(OLD)
    return pair


def goal(place: str = IMAGE, destroys: str | None = IMAGE) -> Line:
    return {"kind": "image", "place": place, "destroys": destroys, "guest_agent": None}


def admitted(pair: Pair, **changes: object) -> str:
    """Put a ticket on the node with the disk and return it."""
    members = {"peer": "bkp01", "goal": goal(), "size": 200_000, "seconds": 60, **changes}
    told = act(pair.asked, asked(pair.asked, "admit", name(pair.asking), **members))
    assert told["type"] == "result", told
    return str(told["ticket"])


def delivered(pair: Pair, ticket: str) -> Line:
    over = {"node": "cn01", "known": None, "ticket": ticket}
    keys = {"file_key": None, "base_key": None, "accept": None}
    request = asked(pair.asking, "restore", name(pair.asking), **goal(), **keys, over=over)
    return act(pair.asking, request)


def stored(pair: Pair) -> bytes:
    return next(pair.asking.disk.glob("*.img")).read_bytes()


def test_the_disk_is_what_was_backed_up_and_the_ticket_is_gone(pair: Pair) -> None:
    ticket = admitted(pair)
    assert delivered(pair, ticket)["type"] == "result"
    assert pair.image.read_bytes() == stored(pair)
    assert os.listdir(pair.asked.layout.tickets) == []
    assert "shows no ticket that holds" in delivered(pair, ticket)["message"]


def test_a_new_file_goes_where_the_ticket_says_and_not_where_the_peer_says(pair: Pair) -> None:
    assert delivered(pair, admitted(pair, goal=goal("/images/new.raw", None)))["type"] == "result"
    assert (pair.asked.root / "images/new.raw").read_bytes() == stored(pair)
    assert pair.image.read_bytes() == OLD


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"peer": "bkp02"}, "shows no ticket that holds"),
        ({"size": 99_999}, "delivers more than its ticket says"),
        ({"goal": goal(destroys=None)}, "is there already"),
        ({"goal": goal("/nowhere/disk.raw", None)}, "there is no directory"),
    ],
)
def test_what_a_ticket_does_not_say_is_not_done(pair: Pair, changes: Line, words: str) -> None:
    told = delivered(pair, admitted(pair, **changes))
    assert told["type"] == "failure"
    assert words in told["message"]
    assert pair.image.read_bytes() == OLD
    assert os.listdir(pair.image.parent) == [pair.image.name]


def test_an_expired_ticket_is_refused_and_the_next_one_clears_it_away(pair: Pair) -> None:
    ticket = admitted(pair)
    path = os.path.join(pair.asked.layout.tickets, f"{ticket}.json")
    with open(path, encoding="ascii") as file:
        document = json.load(file)
    document["expires"] = timestamp.to_text(datetime.now(UTC) - timedelta(seconds=1))
    with open(path, "w", encoding="ascii") as file:
        json.dump(document, file)
    with open(path.replace(ticket, "0" * 32), "w", encoding="ascii") as file:
        json.dump(document, file)
    assert "has expired" in delivered(pair, ticket)["message"]
    assert admitted(pair)
    assert "0" * 32 + ".json" not in os.listdir(pair.asked.layout.tickets)
    assert pair.image.read_bytes() == OLD


@pytest.mark.parametrize("ticket", ["", "../../../etc/passwd", "A" * 32, "0" * 32])
def test_what_is_no_ticket_is_refused(pair: Pair, ticket: str) -> None:
    assert "shows no ticket that holds" in delivered(pair, ticket)["message"]


def test_a_backup_with_a_flipped_bit_replaces_nothing(pair: Pair) -> None:
    (file,) = pair.asking.disk.glob("*.img")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert "SHA-256" in delivered(pair, admitted(pair))["message"]
    assert pair.image.read_bytes() == OLD
    assert os.listdir(pair.image.parent) == [pair.image.name]


def test_a_disk_that_is_open_is_left_alone(pair: Pair) -> None:
    with pair.image.open("r+b"):
        told = delivered(pair, admitted(pair))
    assert told["type"] == "failure"
    assert "node cn01: " in told["message"]
    assert pair.image.read_bytes() == OLD

"""A restore to another node that breaks off: either side dies, and the old image is as it was."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import asked, name, rpc
from agent.peers.pair import IMAGE, Pair
from holdfast.agent.fields import Fields
from holdfast.agent.peers import ticket

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

SIZE = 3_000_000
OLD = b"old" * 1_000_000 + b"and larger"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Return two nodes and a backup of the one on the other, which is read slowly."""
    pair = Pair.below(tmp_path).settle(os.urandom(SIZE))
    pair.good()
    pair.define(bandwidth_limit=SIZE)
    pair.image.write_bytes(OLD)
    return pair


def begun(pair: Pair) -> subprocess.Popen[bytes]:
    """Begin a restore over the image of the other node; return once its bytes come."""
    goal = {"kind": "image", "place": IMAGE, "destroys": IMAGE, "guest_agent": None}
    asking = {"peer": "bkp01", "goal": goal, "size": SIZE, "seconds": 60}
    shown = ticket.issue(pair.asked.layout, Fields(asking, "admit"))
    over = {"node": "cn01", "known": None, "ticket": shown}
    rest = {"file_key": None, "base_key": None, "accept": None}
    request = asked(pair.asking, "restore", name(pair.asking), **goal, **rest, over=over)
    process = rpc(pair.asking, request)
    wait_for(lambda: any(part.stat().st_size > 0 for part in parts(pair)))
    return process


def parts(pair: Pair) -> list[Path]:
    return list(pair.image.parent.glob(".*"))


def wait_for(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def doors(pair: Pair) -> Iterator[int]:
    """Yield the processes that serve the other node."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"peer" in words and any(os.fsencode(pair.asked.root) in word for word in words):
            yield int(pid)


def test_whoever_brings_it_dies(pair: Pair) -> None:
    process = begun(pair)
    process.kill()
    process.communicate(timeout=60)
    wait_for(lambda: not list(doors(pair)))
    assert pair.image.read_bytes() == OLD
    assert not parts(pair)


def test_whoever_takes_it_dies(pair: Pair) -> None:
    process = begun(pair)
    (door,) = doors(pair)
    os.kill(door, signal.SIGKILL)
    out, _ = process.communicate(timeout=60)
    assert b'"failure"' in out
    assert b"node cn01" in out
    assert pair.image.read_bytes() == OLD
    with begun(pair) as again:  # what the killed one left is cleared
        out, _ = again.communicate(timeout=60)
    assert b'"result"' in out
    assert pair.image.read_bytes() != OLD
    assert len(pair.image.read_bytes()) == SIZE
    assert not parts(pair)

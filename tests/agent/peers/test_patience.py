"""A peer behind a dead link neither speaks nor reads: its session ends, and nothing is held."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from agent.desk import ID, definition
from agent.peers.pair import IMAGE, SOURCE, Pair
from agent.queueing import wait
from holdfast.agent import locks
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import claims
from holdfast.agent.peers import frames, grant, ticket
from holdfast.agent.peers.outlet import Outlet

if TYPE_CHECKING:
    from pathlib import Path

IMPATIENT = "import sys; from holdfast.agent.peers import door; sys.exit(door.main(%r, %r, %d))"
GONE = 143
OLD = bytes(range(256)) * 8192  # more than lies in a pipe
GOAL = {"kind": "image", "place": IMAGE, "destroys": IMAGE, "guest_agent": None}


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair.below(tmp_path).settle(OLD)


def door(pair: Pair, patience: int) -> subprocess.Popen[bytes]:
    """Open the door for a peer, as sshd does, but for so many seconds of silence."""
    return subprocess.Popen(
        [sys.executable, "-c", IMPATIENT % ("prg", "bkp01", patience)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"HOLDFAST_ROOT": str(pair.asked.root)},
    )


def ask(process: subprocess.Popen[bytes], **request: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()


def answered(process: subprocess.Popen[bytes]) -> bool:
    assert process.stdout is not None
    return frames.read(process.stdout).kind == frames.ANSWER


def is_free(pair: Pair) -> bool:
    """Tell whether nobody has a claim on the image, for a backup or a restore."""
    layout = pair.asked.layout
    held = locks.take(os.path.join(layout.run, claims.source(layout, "image", IMAGE)))
    if held is not None:
        os.close(held)
    return held is not None


def test_who_delivers_no_more_is_given_up_and_the_target_is_free(pair: Pair) -> None:
    asked = {"peer": "bkp01", "goal": GOAL, "size": len(OLD), "seconds": 60}
    shown = ticket.issue(pair.asked.layout, Fields(asked, "admit"))
    with door(pair, 5) as process:
        ask(process, do="receive", protocol=1, ticket=shown)
        assert answered(process)
        assert process.stdin is not None
        end = time.monotonic() + 5.5
        while time.monotonic() < end:  # as long as something comes, it is waited for
            frames.write(process.stdin, frames.DATA, b"new")
            time.sleep(0.1)
        assert process.poll() is None
        assert os.listdir(pair.image.parent) != [pair.image.name]
        assert not is_free(pair)
        assert process.wait(60) == GONE  # though its standard input is still open
    assert os.listdir(pair.image.parent) == [pair.image.name]
    assert pair.image.read_bytes() == OLD
    assert is_free(pair)


def test_who_reads_no_more_is_given_up_and_the_disk_is_free(pair: Pair) -> None:
    granted = grant.of_attributes(definition(source=SOURCE, peer="cn01"))
    first = {"do": "claim", "protocol": 1, "definition": ID, "as": granted, "keepers": []}
    with door(pair, 4) as process:
        ask(process, **first)
        assert answered(process)
        assert not is_free(pair)
        ask(process, do="open")
        ask(process, do="read")
        wait(lambda: process.poll() is not None, 60)
        assert process.returncode == GONE
    assert is_free(pair)
    pair.good()


def test_each_word_begins_the_patience_anew() -> None:
    before = signal.alarm(50)
    try:
        Outlet(io.BytesIO(), 1000).answer({})
        assert signal.alarm(50) > 50
        Outlet(io.BytesIO()).answer({})  # where no session is, nobody sets an alarm
        assert 0 < signal.alarm(0) <= 50
    finally:
        signal.alarm(before)

"""The door of a node: what a peer may have is its own, and nothing it says makes it more."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from agent.desk import ID, definition
from agent.installed import PYTHON, Installed
from agent.peers.pair import SOURCE, Pair
from agent.queueing import wait
from holdfast.agent import locks
from holdfast.agent.jobs import claims
from holdfast.agent.peers import frames, grant

if TYPE_CHECKING:
    from pathlib import Path

Line = dict[str, Any]
GRANT = grant.of_attributes(definition(source=SOURCE, peer="cn01"))


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair.below(tmp_path).settle()


def claim(**changes: object) -> Line:
    first = {"do": "claim", "protocol": 1, "definition": ID, "as": GRANT, "keepers": []}
    return {**first, **changes}


def start(pair: Pair, peer: str = "bkp01") -> subprocess.Popen[bytes]:
    """Open the door as sshd does for a peer."""
    return subprocess.Popen(
        [PYTHON, "-I", "-S", str(Installed(pair.asked.root).agent), "peer", "prg", peer],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"HOLDFAST_ROOT": str(pair.asked.root)},
    )


def say(process: subprocess.Popen[bytes], request: object) -> frames.Frame:
    assert process.stdin is not None
    assert process.stdout is not None
    content = request if isinstance(request, bytes) else json.dumps(request).encode() + b"\n"
    process.stdin.write(content)
    process.stdin.flush()
    return frames.read(process.stdout)


def refused(pair: Pair, *requests: object, peer: str = "bkp01") -> str:
    """Return why the last of these requests is not followed."""
    with start(pair, peer) as process:
        *before, last = requests
        for request in before:
            assert say(process, request).kind == frames.ANSWER
        frame = say(process, last)
        assert frame.kind == frames.FAILURE
        _, errors = process.communicate(timeout=120)
    assert errors == b""
    return str(json.loads(frame.payload)["message"])


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (claim(definition="weekly@db01:1"), "node bkp01 may have no disk here for weekly@db01:1"),
        (claim(definition="../../etc/passwd"), "may have no disk here"),
        (
            claim(**{"as": {**GRANT, "source": {**SOURCE, "place": "/etc/x"}}}),
            "otherwise than it is granted, in source",
        ),
        (
            claim(**{"as": {**GRANT, "recursive": True}}),
            "otherwise than it is granted, in recursive",
        ),
        (claim(protocol=2), "speaks protocol 1 among nodes, the one here 2: apply"),
        (claim(do="open"), "`do` must be one of claim, receive"),
        ({"protocol": 1, "do": "receive"}, "`ticket` is missing"),
        (b"{half\n", "is not JSON"),
        (b"[]\n", "is not a JSON object"),
    ],
)
def test_what_is_not_granted_is_refused(pair: Pair, request_: object, words: str) -> None:
    assert words in refused(pair, request_)


def test_a_stranger_gets_nothing(pair: Pair) -> None:
    assert "node bkp02 may have no disk here" in refused(pair, claim(), peer="bkp02")


def test_of_an_encrypted_backup_no_plain_byte_is_given(pair: Pair) -> None:
    sealed = definition(source=SOURCE, peer="cn01", encrypt_to=["age1" + "q" * 58])
    granted = {"key": "", "from": [], "definitions": {ID: grant.of_attributes(sealed)}}
    pair.asked.put_json("peers/bkp01.json", granted)
    assert "otherwise than it is granted, in encrypt_to" in refused(pair, claim())


def test_a_disk_is_opened_once_and_read_once(pair: Pair) -> None:
    assert "open, then read" in refused(pair, claim(), {"do": "read"})
    assert "open, then read" in refused(pair, claim(), {"do": "open"}, {"do": "open"})


def test_a_session_that_says_nothing_more_lets_the_disk_go(pair: Pair) -> None:
    path = lock_of(pair)
    with start(pair) as process:
        say(process, claim())
        assert locks.take(path) is None
        process.communicate(timeout=120)
    held = locks.take(path)
    assert held is not None
    os.close(held)


def lock_of(pair: Pair) -> str:
    layout = pair.asked.layout
    return os.path.join(layout.run, claims.source(layout, "image", "/images/web01.raw"))


def test_a_run_waits_while_the_disk_is_read_there(pair: Pair) -> None:
    held = locks.take(lock_of(pair))
    assert held is not None
    with pair.asking.start("run", "prg", ID) as process:
        time.sleep(1)  # it may take longer to come to the door, and then waits there the less
        assert process.poll() is None
        assert pair.asking.manifests() == []
        os.close(held)
        process.communicate(timeout=120)
    assert len(pair.asking.manifests()) == 1


def test_one_who_waits_and_goes_away_is_not_waited_for(pair: Pair) -> None:
    held = locks.take(lock_of(pair))
    assert held is not None
    with start(pair) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(claim()).encode() + b"\n")
        process.stdin.close()
        process.stdin = None
        process.wait(timeout=120)
    os.close(held)


def test_a_session_that_lost_its_way_yields_to_the_next_of_its_definition(pair: Pair) -> None:
    with start(pair) as lost:
        say(lost, claim())
        pair.good()
        wait(lambda: lost.poll() is not None)


def test_another_definition_of_the_disk_does_not_drive_a_session_out(pair: Pair) -> None:
    other = pair.define(definition="nightly")
    both = dict.fromkeys((ID, other), GRANT)
    pair.asked.put_json("peers/bkp01.json", {"key": "", "from": [], "definitions": both})
    with start(pair) as first:
        say(first, claim())
        with pair.asking.start("run", "prg", other) as waiting:
            time.sleep(1)  # the same
            assert first.poll() is None
            first.communicate(timeout=120)
            waiting.communicate(timeout=120)
    assert len(pair.asking.manifests()) == 1


def test_two_nodes_never_read_one_disk_together(pair: Pair) -> None:
    pair.asked.put_json("peers/bkp02.json", {"key": "", "from": [], "definitions": {ID: GRANT}})
    with start(pair) as first, start(pair, "bkp02") as second:
        say(first, claim())
        assert second.stdin is not None
        assert second.stdout is not None
        second.stdin.write(json.dumps(claim()).encode() + b"\n")
        second.stdin.flush()
        assert select.select([second.stdout], [], [], 1)[0] == []  # and later it could not either
        first.communicate(timeout=30)
        assert frames.read(second.stdout).kind == frames.ANSWER
        second.communicate(timeout=30)

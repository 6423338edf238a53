"""What can come instead of an agent's stream: each is one message, and the next run is well."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID
from agent.peers.pair import Pair
from agent.queueing import wait
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

SUM = {"sha256": hashlib.sha256(b"data" * 1000).hexdigest(), "size": 4000}
TRAILER = {"wire": SUM, "content": SUM, "consistency": "reflink", "doubt": ""}
# Claims and opens, then says what it is told to.
OTHER = """
import json, struct, sys
def say(kind, payload):
    if not isinstance(payload, bytes):
        payload = json.dumps(payload).encode()
    sys.stdout.buffer.write(struct.pack("!cL", kind, len(payload)) + payload)
    sys.stdout.buffer.flush()
sys.stdin.buffer.readline()
say(b"A", {"agent": "x"})
sys.stdin.buffer.readline()
freeze = {"word": "off", "note": ""}
say(b"A", {"suffix": SUFFIX, "guid": None, "size": 4000, "freeze": freeze})
sys.stdin.buffer.readline()
"""
DATA = "say(b'D', b'data' * 1000)\n"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair.below(tmp_path).settle()


def failed(pair: Pair, then: str, program: str = OTHER, suffix: str = ".img") -> str:
    """Let another program answer in the agent's place; return why the run failed."""
    link = pair.asked.root / "opt/holdfast/holdfast-agent"
    agent = os.readlink(link)
    (link.parent / "other").write_text(f"SUFFIX = {suffix!r}\n{program}{then}")
    link.unlink()
    link.symlink_to("other")
    try:
        return pair.failed()
    finally:
        link.unlink()
        link.symlink_to(agent)


def trailer(**changes: object) -> str:
    return f"say(b'T', {json.dumps({**TRAILER, **changes})!r}.encode())\n"


def test_the_same_from_the_other_program_is_a_backup(pair: Pair) -> None:
    link = pair.asked.root / "opt/holdfast/holdfast-agent"
    (link.parent / "other").write_text(f"SUFFIX = '.img'\n{OTHER}{DATA}{trailer()}")
    link.unlink()
    link.symlink_to("other")
    pair.good()


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (DATA, "of node cn01 broke off in the stream, after 4000 bytes: it ended before its"),
        (DATA + "say(b'D', b'x'); sys.exit('no more')", "its last word (exit 1: no more)"),
        (DATA + trailer(wire={**SUM, "sha256": "0" * 64}), "is not what it sent: 4000 bytes"),
        (DATA + trailer(wire={**SUM, "size": 3999}), "is not what it sent: 4000 bytes"),
        (trailer(), "is not what it sent: 0 bytes"),
        (DATA + trailer(content={}), "`sha256` is missing"),
        (DATA + trailer(consistency="perfect"), "`consistency` must be one of"),
        (DATA + "say(b'T', b'{')", "is not JSON"),
        (DATA + "say(b'F', {'message': 'disk on fire'})", "node cn01: disk on fire"),
        (DATA + "say(b'A', {})", "sent an answer amid a stream"),
        (DATA + "print('hello, world')", "it sent what is no frame"),
        ("sys.stdout.buffer.write(b'D\\x00\\x00\\x10\\x00half')", "it ended before its last word"),
    ],
)
def test_a_stream_that_does_not_prove_itself_is_no_backup(
    pair: Pair, then: str, words: str
) -> None:
    assert words in failed(pair, then)
    pair.good()


def test_an_older_agent_has_no_door(pair: Pair) -> None:
    usage = "import sys; sys.stderr.write('usage: holdfast-agent rpc'); sys.exit(64)\n"
    assert "the agent of node cn01 is older" in failed(pair, usage, program="")
    pair.good()


def test_a_newer_agent_refuses_what_it_does_not_speak(pair: Pair) -> None:
    import_ = OTHER.split("sys.stdin", maxsplit=1)[0]
    message = "the agent there speaks protocol 2 among nodes, the one here 1: apply"
    then = f"sys.stdin.buffer.readline(); say(b'F', {{'message': {message!r}}})\n"
    assert message in failed(pair, then, program=import_)


def test_no_agent_at_all_is_told(pair: Pair) -> None:
    (pair.asked.root / "opt/holdfast/holdfast-agent").unlink()
    assert "node cn01 has no agent at " in pair.failed()


def test_a_name_from_the_other_side_does_not_lead_out_of_the_storage(pair: Pair) -> None:
    assert "`suffix` must be one of" in failed(pair, DATA, suffix="/../../evil")


def test_a_node_that_was_not_introduced_is_told(pair: Pair) -> None:
    (pair.asking.root / "etc/holdfast/prg/known/cn01.json").unlink()
    assert "node cn01 is not known here: apply the inventory to this node" in pair.failed()


def test_a_disk_that_is_gone_or_grows_shorter_is_told_in_the_words_of_its_node(pair: Pair) -> None:
    content = pair.image.read_bytes()
    pair.image.unlink()
    assert "node cn01: image " in pair.failed()
    pair.image.write_bytes(content)
    pair.good()


def test_a_disk_that_is_removed_while_it_is_read_is_told(pair: Pair) -> None:
    pair.image.write_bytes(bytes(range(256)) * 160_000)  # more than is read ahead
    pair.define(bandwidth_limit=10_000_000)
    with pair.asking.start("run", "prg", ID) as running:
        wait(lambda: list(pair.asking.disk.glob(".*partial")))
        content = pair.image.read_bytes()
        pair.image.unlink()
        running.communicate(timeout=60)
    assert "was removed while it was read" in runs.read(pair.asking.layout, ID)[-1].reason
    assert pair.asking.names() == []
    pair.image.write_bytes(content)
    pair.define()
    pair.good()

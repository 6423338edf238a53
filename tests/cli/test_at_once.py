"""Commands that must end at once: nobody reads what they say, or somebody pressed Ctrl-C."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from cli.desk import HOLDFAST
from hosts.keys import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.desk import Desk


@pytest.fixture
def silent(settled: Desk) -> Iterator[tuple[Desk, socket.socket]]:
    """Return a desk of which one node takes connections and says nothing, and its port."""
    pair = Pair.ed25519()
    key = settled.folder / "key"
    key.write_text(pair.private, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(120)
        settled.inventory["nodes"]["n3"] = {
            "address": "127.0.0.1",
            "ssh": {
                "user": "root",
                "port": listener.getsockname()[1],
                "host_key": pair.public,
                "identity": f"file/{key}",
            },
            "storages": {},
        }
        settled.write().ok("validate")
        yield settled, listener


@pytest.mark.slow
@pytest.mark.parametrize("words", ["plan", "drift", "status", "backup list", "apply"])
def test_ctrl_c_waits_for_no_node(silent: tuple[Desk, socket.socket], words: str) -> None:
    desk, listener = silent
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with desk.start(*words.split(), **pipes) as process:
        connection, _ = listener.accept()
        with connection:
            time.sleep(0.3)
            pressed = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            took = time.monotonic() - pressed
    said = err.strip()
    assert (process.returncode, out, said) == (130, "", "interrupted; nothing more was done")
    assert took < 9  # less than the time that a node has to answer


@pytest.mark.parametrize("words", ["plan --format json", "status", "apply --auto-approve"])
def test_a_closed_output_is_no_success(fresh: Desk, words: str) -> None:
    before = fresh.tree()
    command = ["sh", "-c", f"exec {shlex.quote(HOLDFAST)} {words} >&-"]
    done = subprocess.run(command, cwd=fresh.folder, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"standard output: closed; nothing was done\n")
    assert fresh.tree() == before

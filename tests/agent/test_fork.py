"""Forks: what the child has of its parent, and what of it never runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# A program of its own: pytest has threads. It holds two locks, and the child is to have one.
PARENT = """
import json, os, signal, sys
from holdfast.agent import fork, locks
from holdfast.agent.main import settle
settle()
folder = sys.argv[1]

def work():
    facts = {
        "open": sorted(os.readlink(f"/proc/self/fd/{n}") for n in range(3, 64)
                       if os.path.exists(f"/proc/self/fd/{n}")),
        "leads": os.getpgid(0) == os.getsid(0) == os.getpid(),
        "folder": os.getcwd(), "environment": sorted(os.environ),
    }
    json.dump(facts, open(folder + "/facts", "w"))
    print("nobody reads this")
    exec(sys.argv[2])
    return 7

print("held back", end="")
try:
    with locks.tried(folder + "/parents"):
        passed = locks.take(folder + "/childs")
        started = fork.start(work, folder + "/log", [passed])
        os.killpg(started.pid, 0)  # there at once
        print(started.code())
finally:
    print("the end")
"""


def parent(folder: Path, then: str = "", streams: str = "") -> tuple[str, Any, str]:
    """Return what the parent printed, what the child found, and what is in its log."""
    words = [sys.executable, "-c", PARENT, str(folder), then]
    done = subprocess.run(
        ["/bin/bash", "-c", f'exec "$0" "$@" {streams}', *words],
        env={"PATH": os.defpath, "CRON": "yes"},
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    log = folder / "log"
    return done.stdout, json.loads((folder / "facts").read_text()), log.read_text()


def test_a_child_has_only_what_it_was_given(tmp_path: Path) -> None:
    printed, found, log = parent(tmp_path)
    assert printed == "held back7\nthe end\n"
    assert found == {
        "open": [str(tmp_path / "childs")],
        "leads": True,
        "folder": "/",
        "environment": ["LC_ALL", "PATH"],
    }
    assert log == ""


def test_a_bug_ends_it_with_its_last_words_in_the_log(tmp_path: Path) -> None:
    printed, _, log = parent(tmp_path, "raise ValueError('nobody thought of this')")
    assert printed == "held back1\nthe end\n"
    assert log.splitlines()[-1] == "ValueError: nobody thought of this"


def test_its_last_words_need_no_stream_of_its_starter(tmp_path: Path) -> None:
    _, _, log = parent(tmp_path, "raise ValueError('nobody thought of this')", "2>&-")
    assert log.splitlines()[-1] == "ValueError: nobody thought of this"


def test_it_tells_which_signal_ended_it(tmp_path: Path) -> None:
    printed, _, _ = parent(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    assert printed == f"held back{-signal.SIGKILL}\nthe end\n"

"""An agent that stands still in the midst of an act, for as long as a test looks about."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from agent.acts.counter import rpc
from agent.queueing import wait

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from agent.desk import Desk

# Stops itself, once, before it opens a file or starts a program that matches a pattern.
_PROGRAM = """
import os, re, sys
pattern = sys.argv[1]
def watch(event, arguments):
    global pattern
    if event in ("open", "subprocess.Popen"):
        what = str(arguments[0]) if event == "open" else " ".join(arguments[1])
        if pattern and re.search(pattern, what):
            pattern = ""
            os.kill(os.getpid(), 19)
sys.addaudithook(watch)
from holdfast.agent.main import main
sys.exit(main(sys.argv[2:]))
"""


@contextlib.contextmanager
def standing(desk: Desk, request: bytes, pattern: str) -> Iterator[None]:
    """Have an agent stand still meanwhile, before it opens or starts such a thing for an act.

    Afterwards it goes on and must end well.
    """
    with rpc(desk, request, pattern, program=_PROGRAM) as process:
        wait(lambda: _stands(process) or process.poll() is not None)
        try:
            assert process.poll() is None, "it never came to that"
            yield
        finally:
            process.send_signal(signal.SIGCONT)
            out, errors = process.communicate(timeout=300)
    assert (process.returncode, b'"result"' in out, errors) == (0, True, b"")


def _stands(process: subprocess.Popen[bytes]) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].startswith("T")

"""A run in the midst of its snapshot: until it is told to go on, or ended."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.desk import Desk

_RUN = """
import sys
from holdfast.agent import definition
from holdfast.agent.freeze.around import around
from holdfast.agent.layout import Layout
layout = Layout.here("prg")
with around(layout, definition.load(layout, sys.argv[1])):
    print("frozen", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def frozen(desk: Desk, identity: str) -> Iterator[subprocess.Popen[str]]:
    """Start one, in a session of its own, and give it once the guest is frozen."""
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, identity],
        env={"HOLDFAST_ROOT": str(desk.root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "frozen\n"
            yield process
        finally:
            process.kill()

"""What killed writes left goes; what somebody may still be writing stays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.layout import Layout
from holdfast.agent.setup import sweep

if TYPE_CHECKING:
    from pathlib import Path

LEFT = ".holdfast.0123456789abcdef.tmp"


def test_only_what_nobody_writes_any_more_goes(tmp_path: Path) -> None:
    layout = Layout("prg", str(tmp_path))
    cron = os.path.dirname(layout.cron_file)
    kept = [
        os.path.join(layout.served, LEFT),
        os.path.join(layout.underway, LEFT),
        os.path.join(cron, ".holdfast"),
        os.path.join(cron, "other.tmp"),
        os.path.join(layout.secrets, "key"),
    ]
    old = [os.path.join(f, ".holdfast.1.tmp") for f in (layout.served, layout.underway)]
    gone = [*old, *(os.path.join(f, LEFT) for f in (cron, layout.secrets, layout.definitions))]
    for path in (*kept, *gone):
        atomic.write(path, "x")
    for path in old:
        os.utime(path, (0, 0))
    sweep.sweep(layout)
    assert all(map(os.path.exists, kept))
    assert not any(map(os.path.exists, gone))


def test_a_node_without_folders_is_swept(tmp_path: Path) -> None:
    sweep.sweep(Layout("prg", str(tmp_path)))
    assert not list(tmp_path.iterdir())

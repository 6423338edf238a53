"""A node that has no ZFS says so, and what to do, before anything is read or written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agent import keys
from agent.acts.counter import act, asked, name, stocked
from holdfast.agent.backups import manifest

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_stream_is_not_restored_to_a_dataset_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = stocked(tmp_path, b"a stream of another node" * 100)
    (path,) = desk.disk.glob("weekly-*.json")
    made = manifest.load(str(path), path.stem)
    source = made.source._replace(kind="dataset", place="zones/web01")
    path.write_text(made._replace(source=source, signature=None).to_text())
    keys.settle(desk.layout)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    goal = {"kind": "dataset", "place": "zones/new", "destroys": None, "guest_agent": None}
    rest = {"file_key": None, "base_key": None, "accept": "unsigned"}
    told = act(desk, asked(desk, "restore", name(desk), **goal, **rest))
    expected = "this node has no `zfs` program: install ZFS, or back up to a directory"
    assert told == {"type": "failure", "message": expected}
    assert not [file for file in os.listdir(desk.layout.run) if file.startswith("backup-")]

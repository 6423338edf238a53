"""A node's clock that is set back: what came later is newer, whatever the names say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, RUN, Desk
from agent.executing import execute
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each backup is a process or two


def test_a_clock_set_back_changes_no_order(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle()
    desk.define(retention={"last": 2})
    with execute(desk, ID, RUN, before=("faketime", "-f", "+2d")) as process:
        assert process.wait(300) == 0
    (first,) = desk.manifests()
    held = {}
    for content in (b"second" * 1000, b"third" * 1000):
        desk.put("images/web01.raw", content)
        assert desk.run("run", "prg", ID).returncode == 0
        held[runs.read(desk.layout, ID)[-1].backup] = content
    assert max(held) < str(first["backup"])
    assert [document["sequence"] for document in desk.manifests()] == [2, 3]
    assert [document["backup"] for document in desk.manifests()] == list(held)
    assert {name: (desk.disk / f"{name}.img").read_bytes() for name in held} == held

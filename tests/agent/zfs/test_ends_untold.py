"""What a node cannot tell of chains and their sources is left out, and hinders no read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.desk import Desk
from agent.zfs.scripted import Script, on_path
from holdfast.agent.backups import ends
from holdfast.agent.failure import Failed
from holdfast.agent.setup.survey import Survey
from holdfast.agent.zfs import snapshots

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_node_without_zfs_or_with_one_that_fails_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    identity = desk.define(
        source={"kind": "dataset", "place": "a/x", "node": "bkp01"},
        type="dataset",
        place="b/holdfast",
    )
    survey = Survey(desk.layout)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(ends.told(survey, {identity})) == []
    script = Script(tmp_path)
    script.answer("get", errors="cannot iterate filesystems: I/O error\n")
    assert list(ends.told(survey, {identity})) == []
    assert len(script.called("get")) == len(("chains", "sources"))


def test_what_is_told_in_part_or_never_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "zfs"
    monkeypatch.setenv("PATH", on_path(tmp_path))
    monkeypatch.setattr(snapshots, "_PATIENCE", 0.2)
    absent = "cannot open 'a/y': dataset does not exist"
    for said, code, fails in (
        (f"echo {absent!r} >&2", 1, False),
        ("echo 'cannot iterate filesystems: I/O error' >&2", 1, True),
        (f"echo {absent!r} >&2; echo 'I/O error' >&2", 1, True),
        ("exec sleep 100", 0, True),
        ("", 1, True),
        ("", 0, False),
    ):
        program.write_text(
            f"#!/bin/sh\nprintf 'a/x\\t1\\na/x@s\\t2\\na/x/c\\t3\\n'\n{said}\nexit {code}\n"
        )
        program.chmod(0o755)
        try:
            assert snapshots.guids(["a/x", "a/y"]) == {"a/x": {"s": "2"}}
        except Failed:
            assert fails
        else:
            assert not fails

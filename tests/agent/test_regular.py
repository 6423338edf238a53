"""What we read is a file: a pipe never hangs the agent, a link never leads it elsewhere."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from holdfast.agent import fields, regular
from holdfast.agent.backups import marker, state
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("pipe", "link", "dangling", "folder", "socket", "device")


@pytest.fixture(params=KINDS)
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder in which everything that we read is there as something else."""
    (tmp_path / "real").write_text('{"id": "m1"}')
    for name in ("file", marker.NAME, "b.state.json"):
        path = tmp_path / name
        if request.param == "pipe":
            os.mkfifo(path)
        elif request.param == "folder":
            path.mkdir()
        elif request.param == "socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(str(path))
        else:
            targets = {"link": "real", "dangling": "nowhere", "device": os.devnull}
            path.symlink_to(targets[request.param])
    return tmp_path


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    assert regular.read(str(tmp_path / "file"), "it") == b"x" * 100_000
    with pytest.raises(FileNotFoundError):
        regular.read(str(tmp_path / "none"), "it")


def test_anything_else_is_refused_at_once(odd: Path) -> None:
    with pytest.raises(Malformed, match="it is no regular file"):
        regular.read(str(odd / "file"), "it")
    with pytest.raises(Malformed, match="it is no regular file"):
        fields.load(str(odd / "file"), "it")


def test_a_marker_that_is_no_file_is_damaged_and_stays(odd: Path) -> None:
    assert marker.find(str(odd)) == ""
    assert marker.make(str(odd)) == ""
    assert os.path.lexists(odd / marker.NAME)


def test_a_state_that_is_no_file_locks(odd: Path) -> None:
    found = state.load(str(odd), "b")
    assert found.fault.startswith("state of b is no regular file ")
    assert found.lock is not None
    assert found.lock.until is None


@pytest.mark.parametrize(
    "text", ['{"a": "\\ud800"}', '{"\\udfff": 1}', '{"a": ["\\udc00\\ud800"]}']
)
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    with pytest.raises(Malformed, match="is not JSON"):
        fields.parse(text.encode(), "it")


def test_a_whole_surrogate_pair_is_one_letter() -> None:
    assert fields.parse(b'{"a": "\\ud83d\\ude00"}', "it").text("a") == "\U0001f600"

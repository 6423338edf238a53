"""What is written on this machine: there whole or not at all, by one alone, named if it fails."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
from typing import TYPE_CHECKING

import pytest

from engine.samples import HELLO
from engine.test_decode import STORED
from holdfast.engine.download import write
from holdfast.engine.stock import stock
from holdfast.engine.written import alone, make, named, put
from holdfast.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = 100


@pytest.fixture
def small() -> Iterator[None]:
    """Let no file grow to LONG: as on a full disk, the error of the write names no file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LONG - 1, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_error_keeps_the_name_that_it_has(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="here") as caught, named(tmp_path):
        raise OSError(errno.ENOSPC, "full", "here")
    assert caught.value.filename == "here"


@pytest.mark.usefixtures("small")
def test_files_that_cannot_all_be_made_are_none(tmp_path: Path) -> None:
    contents = {tmp_path / "a": "x", tmp_path / "b": "x" * LONG}
    with pytest.raises(OSError, match="too large") as caught:
        make(contents)
    assert (caught.value.filename, os.listdir(tmp_path)) == (str(tmp_path / "b"), [])


def test_one_that_is_there_stays(tmp_path: Path) -> None:
    there = tmp_path / "b"
    there.write_text("mine")
    with pytest.raises(FileExistsError):
        make({tmp_path / "a": "x", there: "x"})
    assert (os.listdir(tmp_path), there.read_text()) == (["b"], "mine")
    make({tmp_path / "a": "x"}, 0o600)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def no_links(_new: Path, _target: Path) -> None:
    """Refuse as the kernel does on FAT."""
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("has_links", [True, False])
def test_nothing_is_put_over_what_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    new, target = tmp_path / ".new", tmp_path / "target"
    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    new.write_text("first")
    put(new, target)
    assert (os.listdir(tmp_path), target.read_text()) == (["target"], "first")
    new.write_text("second")
    with pytest.raises(BackupError, match="meanwhile"):
        put(new, target)
    assert (new.read_text(), target.read_text()) == ("second", "first")


def test_a_file_system_without_locks_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_descriptor: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with alone(tmp_path / ".new", tmp_path / "target") as file:
        file.write(b"first")
    assert (tmp_path / ".new").read_bytes() == b"first"


def test_what_a_kill_left_as_a_second_name_is_not_written_to(tmp_path: Path) -> None:
    hidden, kept = tmp_path / ".new", tmp_path / "moved-from-its-place"
    kept.write_text("first")
    os.link(kept, hidden)
    with alone(hidden, tmp_path / "target") as file:
        assert file.read() == b""
        file.write(b"second")
    assert (kept.read_text(), hidden.read_text()) == ("first", "second")


@pytest.mark.usefixtures("small")
def test_what_cannot_be_opened_for_want_of_room_is_named_and_gone(tmp_path: Path) -> None:
    (backup,) = stock("n1", [HELLO, STORED]).backups
    with pytest.raises(OSError, match="too large") as caught:
        write(backup, [b"x" * LONG], tmp_path / "back")
    assert caught.value.filename == str(tmp_path / ".back.new")
    assert os.listdir(tmp_path) == []


def test_another_who_writes_the_same_is_left_alone(tmp_path: Path) -> None:
    (backup,) = stock("n1", [HELLO, STORED]).backups
    hidden, target = tmp_path / ".back.new", tmp_path / "back"
    with alone(hidden, target) as file:
        file.write(b"half")
        file.flush()
        with pytest.raises(BackupError, match=f"{target}: another download to it is going on"):
            write(backup, [b"whole"], target)
        assert hidden.read_bytes() == b"half"
    write(backup, [b"whole"], target)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"back": b"whole"}

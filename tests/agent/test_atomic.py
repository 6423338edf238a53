"""Files are there whole or not at all, and nothing of an attempt stays."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from holdfast.agent import atomic


def test_a_file_has_its_content_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "sub/file"
    for mode, content in ((0o600, "first"), (0o644, b"second")):
        atomic.write(str(path), content, mode)
        assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
        assert path.stat().st_mode & 0o7777 == mode
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("old")
    two.mkdir()
    with pytest.raises(OSError, match=os.strerror(errno.EISDIR)):
        atomic.write_all({str(two): "new", str(one): "new"})
    assert one.read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["one", "two"]


def test_of_two_creators_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "marker"
    atomic.create(str(path), "first")
    atomic.create(str(path), "second")
    assert path.read_text() == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["marker"]


def test_a_temporary_name_is_one_that_cron_skips(tmp_path: Path) -> None:
    seen: list[str] = []
    target = tmp_path / "holdfast-prg"
    target.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        atomic.write(str(target), "x")
    seen.append(os.path.basename(caught.value.filename))
    assert all(name[0] == "." and "." in name[1:] and atomic.is_temporary(name) for name in seen)


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    atomic.remove(str(tmp_path / "nothing"))
    (tmp_path / "file").touch()
    atomic.remove(str(tmp_path / "file"))
    assert not list(tmp_path.iterdir())


def mask() -> int:
    """Return what this process takes away of every mode."""
    old = os.umask(0o027)
    os.umask(old)
    return old


def test_a_folder_is_made_by_many_at_once_and_by_none_over_a_file(tmp_path: Path) -> None:
    folder = str(tmp_path / "nas")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(atomic.make_folder, [folder] * 64))
    assert Path(folder).stat().st_mode & 0o777 == 0o750 & ~mask()
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        atomic.make_folder(str(tmp_path / "file"))
    with pytest.raises(FileNotFoundError):
        atomic.make_folder(str(tmp_path / "not-mounted/web01"))

"""Image files: read from one moment, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from holdfast.agent.failure import Failed
from holdfast.agent.sources.image import Image
from holdfast.agent.sources.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIB = 1 << 20
HOLD = (
    "import sys, os; f = os.open(sys.argv[1], os.O_{}); print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    image = tmp_path / "disk.raw"
    image.write_bytes(b"data" * 1000)
    return image


@pytest.fixture
def opened(path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold the image open in another process, by the flag that the test asks for."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD.format(request.param), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


def read(image: Image) -> bytes:
    try:
        return b"".join(image.blocks())
    finally:
        image.close()


@pytest.mark.parametrize("consistency", ["snapshot", "none"])
def test_an_empty_image_is_no_disk_whatever_is_asked_of_it(path: Path, consistency: str) -> None:
    path.write_bytes(b"")
    with pytest.raises(Failed, match=r"disk\.raw is empty: it holds no disk"):
        Image(Moment(str(path)), consistency)
    path.write_bytes(b"x")
    assert read(Image(Moment(str(path)), consistency)) == b"x"


def test_an_image_that_nobody_writes_is_read_as_it_is(path: Path) -> None:
    image = Image(Moment(str(path)), "snapshot")
    assert read(image) == path.read_bytes()
    assert (image.consistency, image.doubt) == ("unchanged", "")


def test_reading_leaves_nothing_beside_the_image(path: Path) -> None:
    before = path.stat()
    read(Image(Moment(str(path)), "snapshot"))
    assert os.listdir(path.parent) == [path.name]
    assert path.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("opened", ["RDWR", "WRONLY"], indirect=True)
@pytest.mark.usefixtures("opened")
def test_an_image_open_for_writing_is_refused_and_the_writer_named(path: Path) -> None:
    with pytest.raises(Failed, match=r"is open for writing by python\S* \(pid \d+\).*consistency"):
        Image(Moment(str(path)), "snapshot")


@pytest.mark.parametrize("opened", ["RDONLY"], indirect=True)
@pytest.mark.usefixtures("opened")
def test_other_readers_do_no_harm(path: Path) -> None:
    assert read(Image(Moment(str(path)), "snapshot")) == path.read_bytes()


@pytest.mark.parametrize("opened", ["RDWR"], indirect=True)
@pytest.mark.usefixtures("opened")
def test_without_consistency_it_is_read_and_the_doubt_is_told(path: Path) -> None:
    image = Image(Moment(str(path)), "none")
    assert read(image) == path.read_bytes()
    assert image.consistency == "none"
    assert "is open for writing by" in image.doubt


def touch(path: Path) -> None:
    os.utime(path)


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"other")


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.rename(path)


@pytest.mark.parametrize("change", [touch, rewrite, grow, replace, os.unlink])
def test_a_change_while_reading_fails(path: Path, change: object) -> None:
    assert callable(change)
    image = Image(Moment(str(path)), "snapshot")
    blocks = iter(image.blocks())
    next(blocks)
    change(path)
    with pytest.raises(Failed, match="while it was read"):
        list(blocks)
    image.close()


def test_an_image_cut_while_reading_fails(path: Path) -> None:
    path.write_bytes(b"x" * 3 * MIB)
    image = Image(Moment(str(path)), "none")
    blocks = iter(image.blocks())
    next(blocks)
    os.truncate(path, MIB)
    with pytest.raises(Failed, match="became shorter"):
        list(blocks)
    image.close()


SIZES = st.sampled_from([1, 4096, MIB - 1, MIB, MIB + 1])


@given(st.lists(st.tuples(st.integers(0, 3), SIZES), max_size=3), st.integers(0, 2))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_holes_are_read_as_the_zeros_that_they_are(
    tmp_path: Path, parts: list[tuple[int, int]], tail: int
) -> None:
    path = tmp_path / "sparse.raw"
    with path.open("wb") as file:
        for gap, size in parts:
            file.seek(gap * MIB, os.SEEK_CUR)
            file.write(b"\x01" * size)
        file.truncate(file.tell() + tail * MIB)
    assume(path.stat().st_size)
    assert read(Image(Moment(str(path)), "snapshot")) == path.read_bytes()


def test_an_image_that_is_all_hole(tmp_path: Path) -> None:
    path = tmp_path / "hole.raw"
    with path.open("wb") as file:
        file.truncate(5 * MIB + 1)
    assert read(Image(Moment(str(path)), "snapshot")) == bytes(5 * MIB + 1)


def test_what_is_no_image_file_is_named_for_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("elsewhere")
    os.mkfifo(tmp_path / "fifo")
    for name, said in {
        "": "is a directory",
        "absent": "cannot be opened: No such file or directory: bring it back",
        "link": "is a symbolic link: name the file itself, .*/elsewhere",
        "fifo": "is no regular file",
    }.items():
        with pytest.raises(Failed, match=said):
            Image(Moment(str(tmp_path / name)), "snapshot")


def test_a_device_is_no_image_file() -> None:
    with pytest.raises(Failed, match="/dev/null is no regular file"):
        Image(Moment("/dev/null"), "snapshot")

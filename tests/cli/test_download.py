"""`backup download` and other files that a command makes, on a full disk and two at a time."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.shelf import artefact, made
from holdfast.engine.written import alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.desk import Desk


@pytest.fixture
def full(settled: Desk) -> Iterator[Path]:
    """Return a folder on a disk that has names left and no room; `filler` holds it all."""
    folder = settled.node("full")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=True)
    (folder / "filler").write_bytes(b"x" * 65536)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_of_by_the_name_of_the_file(settled: Desk, full: Path) -> None:
    name = made(settled)
    made_here = {
        ("keys", "generate", "-o", f"{full}/key"): "key",
        ("init", f"{full}/new"): "new/inventory.yaml",
        ("plan", "-o", f"{full}/plan"): "plan",
        ("backup", "download", name, "-o", f"{full}/back"): ".back.",
    }
    for words, file in made_here.items():
        ran = settled.run(*words)
        assert (ran.code, ran.err.startswith(f"{full}/{file}")) == (1, True), ran
        assert ran.err.endswith(": No space left on device\n")
    (full / "filler").unlink()
    for words in made_here:
        settled.ok(*words)
    assert (full / "back").read_bytes() == artefact(settled, name).read_bytes()


def test_a_folder_that_is_not_there_is_named(settled: Desk) -> None:
    name = made(settled)
    for folder in ("missing", "inventory/inventory.yaml"):
        ran = settled.run("backup", "download", name, "-o", f"{folder}/back")
        hint = "make it, or name another file with --output"
        assert ran == (1, "", f"{folder}/back: there is no folder {folder}: {hint}\n")


def test_two_downloads_to_one_file_do_not_spoil_each_other(settled: Desk) -> None:
    name = made(settled)
    content = artefact(settled, name).read_bytes()
    part = settled.node(f".back.{hashlib.sha256(content).hexdigest()[:12]}.part")
    words = ("backup", "download", name, "-o", "back")
    with alone(part, settled.node("back")) as file:
        file.write(content[:100])
        file.flush()
        ran = settled.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == "back: another download to it is going on; wait for it\n"
        assert part.read_bytes() == content[:100]
    settled.ok(*words)
    assert settled.node("back").read_bytes() == content
    assert not part.exists()

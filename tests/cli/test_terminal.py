"""What a person at a terminal is asked before something is destroyed, and told while it lasts."""

from __future__ import annotations

import errno
import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.shelf import ID, IMAGE, TARGET, artefact, made, unsign

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test waits for processes

SIZE, RATE = 32_000_000, 8_000_000
METER = re.compile(r"([\d.]+) MiB of 30\.5 MiB \((\d+) %\), (\S+) MiB/s, 0:(\d\d) left")


def shown(terminal: int) -> bytes:
    """Return what a terminal shows next; nothing once nobody writes to it any more."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return b""


def typed(desk: Desk, answer: str, *words: str) -> tuple[int, str]:
    """Answer the question of a command at a terminal; return how it ended and what it showed."""
    ours, theirs = pty.openpty()
    with desk.start(*words, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while b"to go on:" not in said:
            more = shown(ours)
            assert more, said
            said += more
        os.write(ours, answer.encode())
        while more := shown(ours):
            said += more
    os.close(ours)
    return process.returncode, said.decode()


def test_a_disk_is_replaced_once_its_name_was_typed(settled: Desk) -> None:
    name, image = made(settled), settled.node(IMAGE)
    before = image.read_bytes()
    image.write_bytes(b"later" * 9999)
    words = ("backup", "restore", name, "--to", TARGET)
    code, said = typed(settled, "web01:2\n", *words)
    assert f"the disk {TARGET}, /images/web.raw on n1, is replaced by {name}" in said
    assert (code, f"web01:2 is not {TARGET}: nothing was changed" in said) == (1, True)
    assert image.read_bytes() == b"later" * 9999
    code, said = typed(settled, f"{TARGET}\n", *words)
    assert code == 0, said
    assert image.read_bytes() == before


def test_a_backup_is_deleted_once_its_name_was_typed(settled: Desk) -> None:
    other, name = made(settled), made(settled)
    unsign(settled, other, uuid="6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e59")  # of another machine
    stored, words = artefact(settled, name), ("backup", "delete", name)
    code, said = typed(settled, f"{TARGET}\n", *words)
    assert f"will be gone for good; it is the last good backup of {ID}" in said
    assert (code, f"{TARGET} is not {name}: nothing was changed" in said) == (1, True)
    code, said = typed(settled, "\x04", *words)  # Ctrl-D
    assert (code, "nothing more was done" in said) == (130, True)
    assert stored.exists()
    code, said = typed(settled, f"{name}\n", *words)
    assert code == 0, said
    assert not stored.exists()


def test_a_slow_backup_tells_how_far_how_fast_and_how_long_yet(settled: Desk) -> None:
    settled.node(IMAGE).write_bytes(os.urandom(SIZE))
    settled.inventory["definitions"][0]["bandwidth_limit"] = str(RATE)
    settled.apply()
    ours, theirs = pty.openpty()
    with settled.start("backup", "now", ID, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while more := shown(ours):
            said += more
        assert process.communicate()[0].startswith("web01:1/daily-")
    os.close(ours)
    assert process.returncode == 0, said
    told = METER.findall(said.decode())
    done, percents, rates, left = (list(map(float, each)) for each in zip(*told, strict=True))
    assert [int(100 * each / 30.5) for each in done] == pytest.approx(percents, abs=1)
    assert percents == sorted(percents)
    assert 0 < percents[0] < 100
    # Some of it is read ahead, at the speed of the disk.
    assert RATE / 4 < rates[-1] * (1 << 20) < RATE * 5
    assert [(30.5 - d) / r for d, r in zip(done, rates, strict=True)] == pytest.approx(left, abs=1)
    assert said.count(b"(100 %)") <= 1
    assert said.endswith((b"\r\x1b[K", b"\r\n"))  # what is said next has a line of its own

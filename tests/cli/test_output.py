"""What reaches stdout: colour for terminals, any text in any locale, readers that go away."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.desk import HOLDFAST

if TYPE_CHECKING:
    from cli.desk import Desk


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "environment", "coloured"),
    [
        ("plan", {"NO_COLOR": ""}, True),
        ("plan", {"NO_COLOR": "1"}, False),
        ("plan", {"TERM": "dumb"}, False),
        ("status", {}, True),
        ("status", {"NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    settled: Desk, command: str, environment: dict[str, str], *, coloured: bool
) -> None:
    settled.inventory["definitions"][0]["description"] = "new"
    settled.write()
    ours, theirs = pty.openpty()
    given = {**os.environ, "TERM": "xterm", **environment}
    with settled.start(command, stdout=theirs, env=given) as process:
        assert process.wait(timeout=60) == 0
    os.close(theirs)
    said = os.read(ours, 1 << 16)
    os.close(ours)
    assert (b"\x1b[" in said) is coloured
    assert "\x1b" not in settled.ok(command).out


def test_a_reader_that_goes_away_is_no_traceback(fresh: Desk) -> None:
    first = fresh.inventory["definitions"][0]
    fresh.inventory["definitions"] = [{**first, "name": f"d{n:03}"} for n in range(8)]
    fresh.inventory["definitions"][0]["description"] = "long " * 20
    fresh.write()
    script = f"{HOLDFAST} plan --format json | head -c 1; {HOLDFAST} schema | head -1"
    ran = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("{{\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])  # what is held back fails once more in the end
def test_an_apply_goes_on_when_nobody_listens(fresh: Desk, unbuffered: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    given = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    pipes = {"stderr": theirs, "stdout": subprocess.PIPE}
    with fresh.start("apply", "--auto-approve", env=given, **pipes) as process:
        out, _ = process.communicate(timeout=60)
    os.close(theirs)
    assert out.endswith(" done, 0 failed, 0 stale, 0 skipped.\n")
    assert process.returncode == 0


def test_a_full_disk_behind_the_output_is_an_error(settled: Desk) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        ran = settled.process("schema", stdout=full)
    assert (ran.code, ran.err) == (1, "standard output: No space left on device\n")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_no_locale_can_stop_the_output(settled: Desk, encoding: str) -> None:
    settled.inventory["definitions"][0]["description"] = "Zálohy → 🗄"
    settled.write()
    given = {**os.environ, "PYTHONIOENCODING": encoding}
    assert "Zálohy → 🗄" in settled.process("plan", "--format", "json", env=given).out


@pytest.mark.slow
def test_a_file_whose_name_is_no_text_is_named_all_the_same(settled: Desk) -> None:
    os.rename(b"inventory/inventory.yaml", b"inventory/\xff\x1b[31m.yaml")
    settled.inventory["definitions"][0]["description"] = "new"
    ran = settled.process("plan", "-o", "saved.json")
    assert ran.code == 0, ran
    assert "\x1b" not in ran.out
    assert settled.process("show", "saved.json").out == ran.out

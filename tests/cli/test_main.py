"""The program around the commands: exit codes, streams, colour, flags from the environment."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from typing import TYPE_CHECKING

import click
import pytest

from agent.queueing import wait
from cli.desk import HOLDFAST
from holdfast.cli.main import USAGE, holdfast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.desk import Desk


def commands(
    group: click.Group = holdfast, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command there is, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = {" ".join(path): command for path, command in commands()}
SAMPLES = {"directory": "elsewhere", "parallelism": "3", "at": "02:00", "out": "x", "form": "json"}
SAMPLES |= {"port": "8443", "count": "2"}
SAMPLES |= {"disk": "3", "type": "file", "status": "ok", "sort": "size", "larger": "100"}
SAMPLES |= {"smaller": "100", "sample": "3", "identity": "x", "file": "x"}
SAMPLES |= {"accept": "unsigned", "accepted": "unsigned", "part": "parameters", "last": "3"}
SAMPLES |= dict.fromkeys(("since", "until"), "2026-11-01T00:00:00Z")
ARGUMENTS = {"explain": ["x"], "completion": ["bash"], "backup note": ["x", "y"]}
ARGUMENTS |= {"retention preview": ["x"], "retention approve": ["x"]}
ARGUMENTS |= {"import crontab": ["x"], "import loadmaster": ["x"], "lab get": ["x", "y"]}
ARGUMENTS |= {"backup diff": ["x", "y"], "backup log": ["x"], "lab set": ["x", "y=1"]}
ON_ONE = ("show", "download", "restore", "delete", "lock", "unlock", "now", "cancel")
ARGUMENTS |= {f"backup {name}": ["x"] for name in ON_ONE}


@pytest.mark.parametrize("name", ALL)
def test_each_flag_has_its_variable_and_takes_it(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command = ALL[name]
    (tmp_path / "x").touch()
    arguments = {"show": [str(tmp_path / "x")]}.get(name, ARGUMENTS.get(name, []))
    for option in command.params:
        if not isinstance(option, click.Option) or option.name == "help":
            continue
        flag = max(option.opts, key=len)
        variable = "HOLDFAST_" + flag.removeprefix("--").replace("-", "_").upper()
        assert option.envvar == variable, f"{name} {flag}"
        assert option.help, f"{name} {flag}"
        value = "1" if option.is_flag else SAMPLES.get(option.name or "", "a@b")
        monkeypatch.setenv(variable, value)
        context = command.make_context(name, list(arguments))
        source = context.get_parameter_source(option.name or "")
        assert source is click.core.ParameterSource.ENVIRONMENT
        assert str(context.params[option.name or ""]).strip("(),'") in (value, "True")
        monkeypatch.delenv(variable)


@pytest.mark.parametrize("name", ALL)
def test_each_command_says_what_it_is_for(name: str, fresh: Desk) -> None:
    assert ALL[name].help
    assert fresh.ok(*name.split(), "--help").out.startswith("Usage: holdfast ")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["plan", "--nope"],
        ["plan", "--format", "xml"],
        ["plan", "--parallelism", "0"],
        ["plan", "extra"],
        ["show"],
        ["show", "none"],
        ["apply", "none"],
        ["explain"],
        ["backup"],
        ["lab"],
        ["lab", "tick", "--at", "25:99"],
        ["-x"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_64(fresh: Desk, words: list[str]) -> None:
    before = fresh.tree()
    ran = fresh.run(*words)
    assert (ran.code, ran.out) == (USAGE, "")
    assert ran.err
    assert fresh.tree() == before


def test_the_version_is_told(fresh: Desk) -> None:
    assert fresh.ok("--version").out.startswith("holdfast ")


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


@pytest.mark.slow
def test_ctrl_c_while_reading_changes_nothing_and_is_130(settled: Desk) -> None:
    link = settled.node("n1/opt/holdfast/holdfast-agent")
    link.unlink()
    asked = settled.node("asked")
    link.write_text(f"import time\nopen({str(asked)!r}, 'w').close()\ntime.sleep(60)\n")
    link.chmod(0o755)
    with settled.start("plan", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait(asked.exists)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.endswith("interrupted; nothing more was done\n")

"""The program around the commands: exit codes, usage, flags from the environment."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import click
import pytest

from agent.queueing import wait
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
SAMPLES = {"directory": "elsewhere", "parallelism": "3", "out": "x", "form": "json"}
SAMPLES |= {"port": "8443", "count": "2"}
SAMPLES |= {"disk": "3", "type": "file", "status": "ok", "sort": "size", "larger": "100"}
SAMPLES |= {"smaller": "100", "sample": "3", "identity": "x", "file": "x"}
SAMPLES |= {"accept": "unsigned", "accepted": "unsigned", "part": "parameters", "last": "3"}
SAMPLES |= dict.fromkeys(("since", "until", "at"), "2026-11-01 00:00:00+00:00")
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
        ["backup", "lock", "x", "--reason", "y", "--until", "9999-12-31"],
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


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        ("note x BAD", "TEXT"),
        ("note BAD x", "NAME"),
        ("lock x --reason BAD", "--reason"),
        ("show BAD", "NAME..."),
        ("verify x BAD", "[NAME...]"),
        ("delete BAD", "NAME"),
        ("diff x BAD", "AFTER"),
        ("cancel BAD", "RUN"),
    ],
)
def test_bytes_that_are_no_text_are_64_and_blame_no_node(
    fresh: Desk, words: str, argument: str
) -> None:
    ran = fresh.run("backup", *words.replace("BAD", os.fsdecode(b"\xff")).split(" "))
    assert (ran.code, ran.out) == (USAGE, "")
    assert f"Invalid value for '{argument}': its bytes are not UTF-8" in ran.err


def test_the_version_is_told(fresh: Desk) -> None:
    assert fresh.ok("--version").out.startswith("holdfast ")


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

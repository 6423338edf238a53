"""Commands that contact nothing: validate, explain, schema, init, completion."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from cli.desk import HOLDFAST
from holdfast.cli.main import USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk

INVENTORY = "inventory/inventory.yaml"


def test_a_sound_inventory_is_counted(fresh: Desk) -> None:
    ran = fresh.ok("validate")
    assert ran.out == "inventory: valid: 2 nodes, 2 servers, 0 LoadMasters, 3 definitions.\n"
    assert ran.err == ""


def test_every_problem_is_a_line_of_its_own(fresh: Desk) -> None:
    first, second, third = fresh.inventory["definitions"]
    first["schedule"] = "99 * * * *"
    second["node"] = "n9"
    third["colour"] = "\x1b[31mred"
    fresh.inventory["nodes"]["n1"]["slots"] = "many"
    before = fresh.write().tree()
    for words in (["validate"], ["plan"], ["apply", "--auto-approve"], ["drift"], ["status"]):
        ran = fresh.run(*words)
        assert (ran.code, ran.out) == (1, ""), words
        lines = ran.err.splitlines()
        assert len(lines) == 4, lines
        for line in lines:
            assert re.match(r"inventory/inventory\.yaml:\d+:\d+: \S+: \S", line), line
            assert line.isprintable()
    assert fresh.tree() == before


def test_warnings_stop_nothing(fresh: Desk) -> None:
    fresh.inventory["definitions"][0]["schedule"] = "0 2 1 * 1"
    ran = fresh.write().ok("validate")
    assert "warning: " in ran.err
    assert "valid" in ran.out
    assert "warning: " in fresh.ok("plan").err


@pytest.mark.parametrize("directory", ["none", "empty", INVENTORY])
def test_no_inventory_is_one_message(fresh: Desk, directory: str) -> None:
    fresh.node("empty").mkdir()
    ran = fresh.run("validate", "-i", directory)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert ran.err.startswith(directory)


def test_explain_tells_when_what_and_where(fresh: Desk) -> None:
    out = fresh.ok("explain", "weekly@web01:2").out
    assert re.search(r"declared  inventory/inventory\.yaml:\d+:\d+\n", out)
    assert "stored    node n1, storage nas\n" in out
    assert re.search(r"schedule  \d+ [3-5] \* \* 0 Europe/London \(written `H H", out)
    assert "keeps     the newest 2\n" in out
    assert "keeps     the newest of each month, 3 of them\n" in out
    fires = out.split("fires next\n")[1].split("  on ")[0].splitlines()
    assert len(fires) == 10
    assert all(re.fullmatch(r" {4}Sun .* = .* UTC", line) for line in fires), fires
    assert len(re.findall(r"the clock goes (forward|back) by 60 min", out)) == 2


def test_explain_in_json_is_the_same(fresh: Desk) -> None:
    data = fresh.ok("explain", "daily@web01:1", "--format", "json").json
    assert data["id"] == "daily@web01:1"
    assert len(data["fires"]) == 10
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT02:00:00Z", fire) for fire in data["fires"])
    assert data["source"]["file"] == INVENTORY
    assert (data["retention"], data["clock_days"]) == ({"last": 14}, [])


def test_explain_suggests_what_was_meant(fresh: Desk) -> None:
    ran = fresh.run("explain", "daly@web01:1")
    assert (ran.code, ran.out) == (1, "")
    assert "there is no definition daly@web01:1; did you mean daily@web01:1" in ran.err


def test_the_schema_takes_what_the_loader_takes(fresh: Desk) -> None:
    schema = fresh.ok("schema").json
    document = yaml.safe_load(fresh.node(INVENTORY).read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    document["nodes"]["n1"]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_init_writes_what_validates(fresh: Desk) -> None:
    ran = fresh.ok("init", "new")
    assert "holdfast validate -i new" in ran.out
    assert "new: valid: 1 nodes" in fresh.ok("validate", "-i", "new").out
    schema = json.loads(fresh.node("new/inventory.schema.json").read_text(encoding="utf-8"))
    # As JSON has it, and editors do: keys are texts.
    document = yaml.safe_load(fresh.node("new/inventory.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(document)), schema)


def test_init_never_overwrites(fresh: Desk) -> None:
    fresh.node("file").write_text("mine", encoding="utf-8")
    before = fresh.tree()
    for words in (["init"], ["init", "inventory"], ["init", "file"], ["init", "file/below"]):
        ran = fresh.run(*words)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1), words
    assert fresh.tree() == before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_commands_and_flags(fresh: Desk, shell: str) -> None:
    script = fresh.ok("completion", shell).out
    assert f"_HOLDFAST_COMPLETE={shell}_complete" in script
    words = "holdfast plan --det"
    asked = {"COMP_WORDS": words, "COMP_CWORD": "--det" if shell == "fish" else "2"}
    environment = {**os.environ, **asked, "_HOLDFAST_COMPLETE": f"{shell}_complete"}
    said = subprocess.run([HOLDFAST], env=environment, capture_output=True, text=True, check=True)
    assert "--detailed-exitcode" in said.stdout
    assert said.stderr == ""


def test_the_script_for_bash_completes(fresh: Desk, tmp_path: Path) -> None:
    (tmp_path / "complete.bash").write_text(fresh.ok("completion", "bash").out, encoding="utf-8")
    program = (
        "set -eu; source complete.bash; complete -p holdfast; "
        "COMP_WORDS=(holdfast dr); COMP_CWORD=1; _holdfast_completion holdfast; "
        'echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{os.path.dirname(HOLDFAST)}:{os.environ['PATH']}"}
    said = subprocess.run(
        ["bash", "--norc", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == "drift"


def test_a_shell_that_nobody_knows_is_a_wrong_command_line(fresh: Desk) -> None:
    assert fresh.run("completion", "tcsh").code == USAGE

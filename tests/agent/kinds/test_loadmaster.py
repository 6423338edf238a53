"""LoadMasters on their connector: what a read tells, and what an apply refuses."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import PYTHON, Installed, attributes, change
from agent.kinds.test_convergence import DEVICE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def told(node: Installed) -> Installed:
    node.apply(change("loadmaster", "lm-1", None, DEVICE))
    return node


def file(node: Installed) -> Path:
    return node.root / "etc/holdfast/prg/loadmasters/lm-1.json"


def test_a_file_that_others_may_write_is_drift_and_an_apply_closes_it(told: Installed) -> None:
    file(told).chmod(0o666)
    there = attributes(told.ask({"op": "read"}), "loadmaster", "lm-1")
    assert there == {**DEVICE, "permissions": "mode 666"}
    told.apply(change("loadmaster", "lm-1", there, DEVICE))
    assert file(told).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("content", ["{half", "[]", "[" * 100_000])
def test_a_damaged_file_is_told_and_can_be_written_again(told: Installed, content: str) -> None:
    file(told).write_text(content, encoding="utf-8")
    lines = told.ask({"op": "read"})
    (problem,) = [line for line in lines if line["type"] == "problem"]
    assert (problem["kind"], problem["name"]) == ("loadmaster", "lm-1")
    damaged = attributes(lines, "loadmaster", "lm-1")
    again = told.apply(change("loadmaster", "lm-1", damaged, DEVICE))
    assert attributes(again, "loadmaster", "lm-1") == DEVICE


def test_a_renamed_device_leaves_no_file_behind(told: Installed) -> None:
    memory = told.root / "var/lib/holdfast/prg/loadmasters/lm-1.json"
    memory.parent.mkdir()
    memory.touch()
    told.apply(change("loadmaster", "lm-2", DEVICE, DEVICE, previous="lm-1"))
    assert [path.name for path in file(told).parent.iterdir()] == ["lm-2.json"]
    assert not memory.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"tls": {}},
        {"tls": {"sha256": "9F" * 32}},
        {"tls": {"sha256": None}},
        {"host": "10.0.0.5/../x"},
        {"host": "-o"},
        {"port": 0},
        {"port": 70_000},
        {"login": "none"},
        {"user": "bal"},
        {"login": "password"},
        {"minimum_firmware": "latest"},
        {"certificates": "yes"},
    ],
)
def test_what_is_no_device_is_refused(node: Installed, wrong: dict[str, Any]) -> None:
    (outcome,) = node.ask(change("loadmaster", "lm-1", None, {**DEVICE, **wrong}))
    assert outcome["status"] == "failed", outcome
    assert not file(node).exists()


def test_a_read_pays_nothing_for_talking_to_devices(told: Installed) -> None:
    program = (
        "import sys\n"
        f"sys.path.insert(0, {str(told.agent)!r})\n"
        "from holdfast.agent.kinds import loadmaster\n"
        "from holdfast.agent.layout import Layout\n"
        "from holdfast.agent.setup.survey import Survey\n"
        f"found, _ = loadmaster.read(Survey(Layout('prg', {str(told.root)!r})))\n"
        "heavy = {'ssl', 'socket', 'http', 'xml', 'urllib', 'typing'}\n"
        "print(sorted(found), sorted(heavy & set(sys.modules)))\n"
    )
    command = [PYTHON, "-I", "-S", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "['lm-1'] []\n"


def test_a_device_never_comes_with_a_read(told: Installed) -> None:
    before = json.loads(file(told).read_text(encoding="utf-8"))
    elsewhere = {"lm-1": {**DEVICE, "host": "203.0.113.66"}}
    told.ask({"op": "read", "wanted": elsewhere})
    code, lines, _ = told.run(told.request({"op": "read", "loadmasters": elsewhere}))
    assert (code, lines[-1]["type"]) == (1, "error"), "names are all that a read may give"
    assert json.loads(file(told).read_text(encoding="utf-8")) == before

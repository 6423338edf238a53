"""The lab's LoadMasters: started once, changed as by a person, and ended."""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.agent import process
from holdfast.cli.main import run
from lab import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

STATE = ".holdfast/lab/loadmasters.json"


@pytest.fixture
def lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Path]:
    shipped.copy(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    run(["lab", "down"])
    capsys.readouterr()


def state(lab: Path) -> Any:
    return json.loads((lab / STATE).read_text(encoding="utf-8"))


def alive(known: Any) -> bool:
    return process.alive(process.Process(known["boot"], known["pid"], known["start"]))


def test_they_are_started_once_and_end_with_the_lab(lab: Path) -> None:
    assert run(["lab", "up"]) == 0
    known = state(lab)
    assert run(["lab", "up"]) == 0
    assert state(lab) == known
    assert alive(known)
    assert (lab / ".holdfast/lab/lm-1.key").stat().st_mode & 0o777 == 0o600
    assert run(["lab", "down"]) == 0
    assert not alive(known)
    assert not (lab / STATE).exists()


def test_one_that_died_is_started_anew_with_a_new_key(lab: Path) -> None:
    run(["lab", "up"])
    known, key = state(lab), (lab / ".holdfast/lab/lm-1.key").read_text()
    os.kill(known["pid"], 9)
    os.waitpid(known["pid"], 0)
    assert run(["lab", "up"]) == 0
    assert state(lab)["pid"] != known["pid"]
    assert (lab / ".holdfast/lab/lm-1.key").read_text() != key


def test_a_port_that_is_taken_is_named(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (lab / "inventory/loadmasters.yaml").read_text(encoding="utf-8")
    port = int(text.partition("127.0.0.1:")[2][:6].strip())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert run(["lab", "up"]) == 1
    assert f"port {port} of 127.0.0.1: Address already in use" in capsys.readouterr().err


@pytest.mark.usefixtures("lab")
def test_a_person_changes_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "set", "lm-1", "backuphour=5"]) == 1
    assert "no such LoadMaster runs" in capsys.readouterr().err
    run(["lab", "up"])
    assert run(["lab", "set", "lm-2", "backuphour=5", "backuphost="]) == 0
    capsys.readouterr()
    assert run(["lab", "get", "lm-2", "backupHour"]) == 0
    assert capsys.readouterr().out == "5\n"
    assert run(["lab", "get", "lm-2", "backuphost"]) == 1
    assert run(["lab", "set", "lm-2", "nonsense=1"]) == 1
    assert run(["lab", "set", "lm-2", "backuphour"]) == 64
    assert "give PARAMETER=VALUE" in capsys.readouterr().err

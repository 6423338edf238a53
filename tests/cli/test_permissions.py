"""What others than root could change or read is drift, and an apply closes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

ETC = "n1/etc/holdfast/lab"
DEFINITION = f"{ETC}/definitions/daily@web01:1.json"
AGENT = "n1/opt/holdfast/agents"


def own(path: Path) -> Path:
    """Return a file that no other desk shares."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    return path


def alike(desk: Desk) -> None:
    assert desk.ok("drift").out.startswith("No drift")
    assert desk.ok("plan", "--detailed-exitcode").out.startswith("No changes")


@pytest.mark.parametrize(
    ("name", "mode", "address", "after"),
    [
        (DEFINITION, 0o666, "node/n1/definition/daily@web01:1", 0o640),
        (f"{ETC}/definitions", 0o777, "node/n1/agent", 0o755),
        (f"{ETC}/secrets", 0o755, "node/n1/agent", 0o700),
        (AGENT, 0o777, "node/n1/agent", 0o755),
    ],
)
def test_a_wide_mode_is_drift_and_is_closed(
    settled: Desk, name: str, mode: int, address: str, after: int
) -> None:
    path = settled.node(name)
    path.chmod(mode)
    ran = settled.run("drift", "--format", "json")
    assert ran.code == 2
    [entry] = ran.json["resource_changes"]
    assert entry["address"] == address
    assert f"mode {mode:o}" in entry["change"]["before"]["permissions"]
    settled.apply()
    assert path.stat().st_mode & 0o777 == after
    alike(settled)


def test_an_archive_that_others_could_write_is_closed_and_compiled_anew(settled: Desk) -> None:
    for path in settled.node(AGENT).iterdir():
        own(path).chmod(0o777)
    [compiled] = settled.node(AGENT).glob("*.compiled")
    with compiled.open("rb") as before:  # as long as it is open, nobody else gets its number
        assert settled.run("drift").code == 2
        settled.apply()
        assert not os.path.samestat(compiled.stat(), os.fstat(before.fileno()))
    modes = {path.suffix: path.stat().st_mode & 0o777 for path in settled.node(AGENT).iterdir()}
    assert modes == {".pyz": 0o755, ".compiled": 0o644}
    alike(settled)


def test_a_definition_of_somebody_elses_is_drift(settled: Desk) -> None:
    os.chown(settled.node(DEFINITION), 65534, -1)
    assert "owner 65534" in settled.run("drift").out
    settled.apply()
    assert settled.node(DEFINITION).stat().st_uid == 0
    alike(settled)


def test_a_secret_that_others_could_read_is_closed_and_told_of(
    settled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled.inventory["loadmasters"] = {
        "lm1": {
            "address": "https://127.0.0.1:9",
            "connector": "n1",
            "api_key": "env/LM_KEY",
            "tls": {"sha256": "9f" * 32},
        }
    }
    monkeypatch.setenv("LM_KEY", "canary")
    settled.apply()
    path = settled.node(f"{ETC}/secrets/lm1.api_key")
    path.chmod(0o644)
    ran = settled.run("drift")
    assert ran.code == 2
    assert "others than root may read its file: mode 644" in ran.out
    settled.apply()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8") == "canary"
    assert "No changes." in settled.ok("drift", "--exclude", "loadmaster/*").out  # nobody is there


@pytest.mark.parametrize("mode", [0o777, 0o755])
@pytest.mark.parametrize("kind", ["pyz", "compiled"])
def test_a_link_in_the_place_of_an_agent_is_drift_and_goes(
    settled: Desk, tmp_path: Path, kind: str, mode: int
) -> None:
    [file] = settled.node(AGENT).glob("*." + kind)
    elsewhere = tmp_path / ("altered." + kind)
    elsewhere.write_bytes(file.read_bytes())
    elsewhere.chmod(0o755)
    file.unlink()
    file.symlink_to(elsewhere)
    settled.node(AGENT).chmod(mode)
    ran = settled.run("drift", "--format", "json")
    [entry] = ran.json["resource_changes"]
    assert f"{file.name}: a link" in entry["change"]["before"]["permissions"]
    settled.apply()
    assert not file.is_symlink()
    assert file.is_file()
    assert elsewhere.exists()
    alike(settled)

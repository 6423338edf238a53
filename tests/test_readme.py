"""What the README shows is what a newcomer sees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.cli.main import run
from lab import shipped

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[1]
SHOWN = re.compile(r"<!-- first plan: held by a test -->\n```\n(.*?)```\n<!-- end -->", re.DOTALL)


def test_the_first_plan_is_the_one_that_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped.copy(tmp_path)
    monkeypatch.chdir(tmp_path)
    try:
        assert run(["lab", "up"]) == 0
        capsys.readouterr()
        assert run(["plan"]) == 0
        said = shipped.as_shipped(capsys.readouterr().out)
    finally:
        assert run(["lab", "down"]) == 0
    found = SHOWN.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found
    agent = re.compile(r"agent [0-9a-f]{12}")  # it changes with every change of the agent
    assert agent.sub("agent", found[1]) == agent.sub("agent", said)


def test_the_two_commands_are_those_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for recipe in ("demo", "test"):
        line = "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/just "
        assert line + recipe in readme
        assert f".venv/bin/just {recipe}\n" in ci

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agent.transforms.lacking import Lacking
from holdfast.agent.transforms import gz, zst
from holdfast.agent.transforms.available import Available, MissingError

SOURCE = Path(__file__).parents[3] / "src"


def test_a_module_that_is_not_installed_is_none() -> None:
    assert Available().module("no_such_module_here") is None
    assert Available().program("no-such-program-here") is None


def test_a_module_that_is_broken_is_not_taken_for_missing(tmp_path: Path) -> None:
    (tmp_path / "broken_here.py").write_text("import no_such_module_here\n")
    sys.path.append(str(tmp_path))
    try:
        with pytest.raises(ModuleNotFoundError, match="no_such_module_here"):
            Available().module("broken_here")
    finally:
        sys.path.remove(str(tmp_path))


def test_the_distributions_modules_are_found_by_an_agent_started_without_them() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n"
        "from holdfast.agent.transforms.available import Available\n"
        "before = len(sys.path)\n"
        "module = Available().module('cryptography')\n"
        "print(before < len(sys.path), module.__name__, Available().module('no_such'))\n"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "True cryptography None\n"


def test_gzip_takes_the_fastest_that_is_there() -> None:
    def used(node: Available) -> str:
        given = gz.compressing(node).keywords
        return given["work"].args[0].__name__ if "work" in given else Path(given["command"][0]).name

    assert used(Available()) == "isal.isal_zlib"
    assert used(Lacking("isal")) == "igzip"
    assert used(Lacking("isal", "igzip program")) == "zlib"


def test_zstd_is_refused_where_there_is_none() -> None:
    nothing = Lacking("zstandard", "zstd program")
    for stage in (zst.compressing, zst.expanding):
        with pytest.raises(MissingError, match="install the package `zstd`"):
            stage(nothing)

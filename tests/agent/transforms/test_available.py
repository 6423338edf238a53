from __future__ import annotations

import subprocess
import sys
import zlib
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


def test_gzip_takes_the_fast_library_where_it_is_there() -> None:
    assert gz.library(Available()).__name__ == "isal.isal_zlib"
    assert gz.library(Lacking("isal")) is zlib


def test_zstd_is_refused_where_there_is_none() -> None:
    nothing = Lacking("zstandard", "zstd program")
    for stage in (zst.compressing, zst.expanding):
        with pytest.raises(MissingError, match="install the package `zstd`"):
            stage(nothing)

"""What the design forbids, held by tests: layers, lengths, names, one importer a package."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "holdfast"
FILES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

# An import may only point up this list. The agent stands apart; so may the lab, which sees all.
LAYERS = [
    {"errors", "problem", "__init__"},
    {"agent"},
    {"model"},
    {"inventory"},
    {"plan"},
    {"desired"},
    {"transport"},
    {"engine"},
    {"views"},
    {"lab"},
    {"cli"},
]
FORBIDDEN = re.compile(r"Manager|Helper|Util|Base[A-Z]|Base$|Context|Handler|Processor")
LONGEST = 200
LONGEST_FUNCTION = 40
ONE_IMPORTER = {
    "deepdiff": {"plan/fields.py"},
    "jinja2": {"views/markdown.py"},
    "croniter": {"engine/explain.py"},
    "fabric": {"transport/login.py"},
    "yaml": {"inventory/document.py", "inventory/reading.py", "inventory/syntax.py"},
}


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def layer(part: str) -> int:
    part = part.removesuffix(".py")
    return next(place for place, packages in enumerate(LAYERS) if part in packages)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    return ((path, node) for path in FILES for node in ast.walk(tree(path)))


def ours(path: Path) -> list[str]:
    """Return our own modules that a file imports, also late; each stands below the package."""
    found = imports(tree(path))
    return sorted(m for m in found if m.startswith("holdfast.") and m != "holdfast.__version__")


def imports(module: ast.Module) -> set[str]:
    """Return the full names of all modules that a file imports, also late ones."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def test_imports_only_point_up() -> None:
    assert not [
        f"{name(path)} imports {module}"
        for path in FILES
        for module in ours(path)
        if layer(module.split(".")[1]) > layer(path.relative_to(SOURCE).parts[0])
    ]


def test_the_agent_imports_nothing_of_ours_outside_itself() -> None:
    agent = [path for path in FILES if path.is_relative_to(SOURCE / "agent")]
    assert not [
        f"{name(path)} imports {module}"
        for path in agent
        for module in ours(path)
        if not module.startswith("holdfast.agent")
    ]


def test_a_file_holds_one_concept() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in [*FILES, *TESTS]}
    assert not {path for path, lines in lengths.items() if lines > LONGEST}, "split by concept"


def test_a_file_says_what_it_is_for() -> None:
    assert not [name(path) for path in FILES if not ast.get_docstring(tree(path))]


def test_functions_are_short() -> None:
    assert not [
        f"{name(path)}:{node.lineno}: {node.name}"
        for path, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]


def test_names_are_plain() -> None:
    assert not [
        f"{name(path)}:{node.lineno}: {node.name}"
        for path, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and FORBIDDEN.search(node.name.title() if "_" in node.name else node.name)
    ]


def test_bugs_are_not_caught() -> None:
    assert not [
        f"{name(path)}:{node.lineno}"
        for path, node in nodes()
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) == "Exception")
    ]


def test_no_module_takes_a_name_of_the_standard_library() -> None:
    taken = sys.stdlib_module_names - {"__init__", "__main__", "resource", "select"}
    assert not [name(path) for path in FILES if path.stem in taken]


@pytest.mark.parametrize("package", ONE_IMPORTER)
def test_a_heavy_package_has_one_importer(package: str) -> None:
    importers = {
        name(path)
        for path in FILES
        if package in {module.split(".")[0] for module in imports(tree(path))}
    }
    assert importers <= ONE_IMPORTER[package]


def test_help_loads_nothing_heavy() -> None:
    import subprocess

    heavy = ("yaml", "pydantic", "fabric", "paramiko", "deepdiff", "jinja2", "rich", "cryptography")
    program = (
        "import sys\nfrom holdfast.cli.main import run\nrun(['--help'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"TODO|FIXME|XXX|NotImplementedError")
    for path in FILES:
        assert not words.search(path.read_text(encoding="utf-8")), name(path)

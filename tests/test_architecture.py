"""What the design forbids, held by tests: layers, lengths, names, one importer a package."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

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


def layer(package: str) -> int:
    return next(place for place, packages in enumerate(LAYERS) if package in packages)


def imports(tree: ast.AST) -> set[str]:
    """Return the full names of all modules that a file imports, also late ones."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_only_point_up(path: Path) -> None:
    own = layer(path.relative_to(SOURCE).parts[0].removesuffix(".py"))
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if module.startswith("holdfast.") and module.count(".") > 0:
            package = module.split(".")[1]
            if package == "__version__":
                continue
            assert layer(package) <= own, f"{name(path)} imports {module}"


def test_the_agent_imports_nothing_of_ours_outside_itself() -> None:
    for path in (SOURCE / "agent").rglob("*.py"):
        for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
            assert not module.startswith("holdfast.") or module.startswith("holdfast.agent")


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=str)
def test_a_file_holds_one_concept(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST, "split it by concept"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_functions_are_short_and_names_are_plain(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert not FORBIDDEN.search(node.name.title() if "_" in node.name else node.name)
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in ("Exception", ""), "bugs are not caught"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_module_takes_a_name_of_the_standard_library(path: Path) -> None:
    allowed = {"__init__", "__main__", "resource", "select"}
    assert path.stem not in sys.stdlib_module_names - allowed


@pytest.mark.parametrize("package", ONE_IMPORTER)
def test_a_heavy_package_has_one_importer(package: str) -> None:
    importers = {
        name(path)
        for path in FILES
        if any(
            module.split(".")[0] == package
            for module in imports(ast.parse(path.read_text(encoding="utf-8")))
        )
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

"""The agent runs on Python 3.9 with nothing but the standard library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import holdfast.agent

ROOT = Path(holdfast.agent.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
# What the standard library has gained since 3.9, as far as one might reach for it.
LATER = {"tomllib", "datetime.UTC", "itertools.pairwise", "itertools.batched", "enum.StrEnum"}
# Only the distribution can give these; each is imported where it is used, and only there.
OFFERED = {"cryptography", "isal", "zstandard"}


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_python_3_9(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    known = sys.stdlib_module_names | OFFERED
    for module in imported(tree):
        assert module not in LATER
        assert module.startswith("holdfast.agent") or module.partition(".")[0] in known, module
    assert not [node for node in ast.walk(tree) if _is_later(node)], "newer than 3.9"
    if any(_is_union(node) for node in ast.walk(tree)):
        assert "from __future__ import annotations" in source


def _is_later(node: ast.AST) -> bool:
    """Tell what parses as 3.9 and yet fails there."""
    words = {"strict", "slots", "kw_only"}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        named = {keyword.arg for keyword in node.keywords}
        return node.func.id in ("zip", "dataclass") and bool(named & words)
    return False


def _is_union(node: ast.AST) -> bool:
    """Tell an annotation such as `X | None`, which 3.9 must not evaluate."""
    hints = [getattr(node, name, None) for name in ("annotation", "returns")]
    return any(
        isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitOr)
        for hint in hints
        if hint is not None
        for part in ast.walk(hint)
    )

"""Each broken inventory here begins with what must be said of it, and nothing else may be.

`# expect: LINE:COLUMN PATH: WHAT (HINT)`, a line for each problem; FILE stands for the file's own
name. A file that cannot hold such a line has them in a companion of the same name, `.expect`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.errors import InventoryError
from holdfast.inventory.load import load

HERE = Path(__file__).parent
BROKEN = sorted(HERE.glob("*.yaml"))
MARK = "# expect: "


def expected(file: Path) -> list[str]:
    """Return the problems that a broken file, or its companion, announces."""
    companion = file.with_suffix(".expect")
    text = (companion if companion.exists() else file).read_text(encoding="latin-1")
    lines = text.encode("latin-1").decode("utf-8", "replace").splitlines()
    return [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]


def said(problem: object, where: object, file: str) -> str:
    """Return a problem as the files here write it."""
    text = str(problem).removeprefix(f"{where}: ").replace(file, "FILE")
    return f"{str(where).removeprefix(file + ':')} {text}"


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_inventory_has_exactly_the_problems_it_announces(
    file: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "inventory"
    directory.mkdir()
    copy = directory / file.name
    copy.write_bytes(file.read_bytes())
    with pytest.raises(InventoryError) as caught:
        load(directory)
    problems = [said(each, each.where, str(copy)) for each in caught.value.problems]
    assert problems == expected(file)
    assert problems


def test_there_are_many_of_them() -> None:
    assert len(BROKEN) >= 45

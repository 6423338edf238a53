from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from holdfast.errors import InventoryError
from holdfast.inventory.files import read, typed_name
from holdfast.inventory.load import load

if TYPE_CHECKING:
    from pathlib import Path


def problems(directory: Path) -> list[str]:
    with pytest.raises(InventoryError) as caught:
        load(directory)
    return [str(problem) for problem in caught.value.problems]


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert problems(gone) == [
        f"{gone}: no such directory (`holdfast init` makes one, `-i` names another)"
    ]


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    file = tmp_path / "inventory.yaml"
    file.write_text("inventory: {id: t}\n")
    assert problems(file) == [
        f"{file}: is no directory (an inventory is a directory of YAML files)"
    ]


def test_a_directory_without_yaml_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("inventory: {id: t}\n")
    (tmp_path / ".hidden.yaml").write_text("inventory: {id: t}\n")
    assert problems(tmp_path) == [
        f"{tmp_path}: holds no *.yaml or *.yml (`holdfast init` writes a first one)"
    ]


def test_every_yaml_file_below_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.yml", "a.yaml", "b/c.yaml", "b/.git.yaml", "b/d.yaml~", "b/e.json"):
        (tmp_path / name).write_text("nodes: {}\n")
    files = [document.file for document in read(tmp_path)]
    assert files == [str(tmp_path / name) for name in ("a.yaml", "b/c.yaml", "z.yml")]


def test_a_link_that_leads_back_up_is_said_and_others_are_followed(tmp_path: Path) -> None:
    inventory, shared = tmp_path / "inventory", tmp_path / "shared"
    inventory.mkdir()
    shared.mkdir()
    (shared / "nodes.yaml").write_text("nodes: {}\n")
    (inventory / "shared").symlink_to(shared)
    (inventory / "up").symlink_to(tmp_path)
    files = {document.file: document.whole for document in read(inventory)}
    assert files[str(inventory / "shared" / "nodes.yaml")] is True
    assert files[str(inventory / "up" / "inventory")] is False


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("nowhere"), os.mkfifo])
def test_what_is_no_file_is_not_read(make: object, tmp_path: Path) -> None:
    odd = tmp_path / "a.yaml"
    make(odd)  # type: ignore[operator]  # one of the two above
    assert problems(tmp_path) == [
        f"{odd}: is no file (remove it: a broken link, a socket or a pipe)"
    ]


def test_a_file_is_named_as_one_would_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "inventory"
    below.mkdir()
    (below / "a.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert problems(below)[0].startswith("inventory/a.yaml:1:1: ")
    monkeypatch.chdir(below)
    assert problems(below)[0].startswith("a.yaml:1:1: ")
    assert typed_name("../x.yaml") == str(tmp_path / "x.yaml")


def test_all_files_are_read_though_one_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("inventory: {id: t}\nnodes: {n1: [}\n")
    (tmp_path / "b.yaml").write_text("servers: {web01: {nod: n1}}\n")
    (tmp_path / "c.yaml").write_bytes(b"# \xff\n")
    assert [problem.partition(": ")[0] for problem in problems(tmp_path)] == [
        f"{tmp_path}/a.yaml:2:14",
        *[f"{tmp_path}/b.yaml:1:11"] * 3,
        f"{tmp_path}/b.yaml:1:19",
        f"{tmp_path}/c.yaml:1:3",
    ]

"""The lab's nodes: directories of this machine with sample disks, as an inventory names them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.storage import Storage

MARK = ".holdfast-lab"  # what `down` must find before it removes a tree
IMAGE = 4 * 1024 * 1024  # bytes of data in a sample image; as much again is a hole
ZONE = "Europe/Prague"


class LabError(HoldfastError):
    """The lab cannot be made or taken down as asked."""


def up(inventory: Inventory) -> Iterator[str]:
    """Make the tree of every local node with its disks; yield what was made, a line each."""
    for name, root in roots(inventory).items():
        _tree(root, inventory.nodes[name].storages.values())
        yield f"node {name}: {root}"
    for name, server in sorted(inventory.servers.items()):
        home = roots(inventory).get(server.node)
        for number, disk in sorted(server.disks.items()):
            if home is not None and disk.image is not None:
                path = _under(home, disk.image)
                if not path.exists():
                    _sample(path, f"{name}:{number}")
                yield f"disk {name}:{number}: {path} ({path.stat().st_size} bytes)"


def _tree(root: Path, storages: Iterable[Storage]) -> None:
    if root.exists() and any(root.iterdir()) and not (root / MARK).is_file():
        raise LabError(f"{root}: is not empty and not made by `holdfast lab up`; left as it is")
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).touch()
    (root / "etc" / "cron.d").mkdir(parents=True, exist_ok=True)
    (root / "etc" / "timezone").write_text(f"{ZONE}\n", encoding="utf-8")
    for storage in storages:
        if storage.path:
            _under(root, storage.path).parent.mkdir(parents=True, exist_ok=True)


def down(inventory: Inventory) -> Iterator[str]:
    """Remove the trees that `up` made, backups included; refuses any other directory."""
    for name, root in roots(inventory).items():
        if not root.exists():
            continue
        if not (root / MARK).is_file():
            raise LabError(f"{root}: not made by `holdfast lab up`; remove it yourself")
        shutil.rmtree(root)
        yield f"node {name}: {root} removed"


def roots(inventory: Inventory) -> dict[str, Path]:
    """Return the directory of each local node; raise LabError where there is none."""
    found = {
        name: inventory.base / node.root
        for name, node in sorted(inventory.nodes.items())
        if node.transport == "local" and node.root
    }
    if not found:
        raise LabError("the inventory has no node with `transport: local`, so there is no lab")
    return {name: _shown(path) for name, path in found.items()}


def _shown(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _under(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _sample(path: Path, seed: str) -> None:
    """Write a sparse image whose bytes depend on nothing but its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(hashlib.shake_256(seed.encode()).digest(IMAGE))
        file.truncate(2 * IMAGE)

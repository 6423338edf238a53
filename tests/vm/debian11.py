"""A Debian 11, the oldest that a node may run: its Python is 3.9. This file is its recipe."""

from __future__ import annotations

from pathlib import Path

from vm.cache import bootstrap, kept

PACKAGES = ("python3", "python3-cryptography", "openssh-client", "cron", "zstd")


def root() -> Path:
    """Return the folder of the system, built if its recipe has none yet."""
    return kept("debian11", Path(__file__), _make) / "root"


def _make(folder: Path) -> None:
    bootstrap("bullseye", PACKAGES, folder / "root")
    (folder / "root/node").mkdir()

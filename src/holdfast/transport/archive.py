"""Builds the agent's archive: the same bytes on each machine, so its SHA-256 is its version."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHEBANG = b"#!/usr/bin/env -S python3 -IS\n"
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_MODE = 0o644 << 16
_UNIX = 3

_PACKAGE = b'"""Backup policy as code; here the node side of it."""\n'


@dataclass(frozen=True)
class Archive:
    """A whole agent; `sha256` names its content."""

    sha256: str
    content: bytes


def build() -> Archive:
    """Return the agent made of this package; the same package gives the same bytes."""
    members = {"holdfast/__init__.py": _PACKAGE, **dict(_own())}
    members["__main__.py"] = members["holdfast/agent/start.py"]
    content = io.BytesIO()
    content.write(_SHEBANG)
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(members):
            entry = zipfile.ZipInfo(path, _TIME)
            entry.external_attr = _MODE
            entry.create_system = _UNIX
            archive.writestr(entry, members[path])
    return Archive(hashlib.sha256(content.getvalue()).hexdigest(), content.getvalue())


def _own() -> Iterator[tuple[str, bytes]]:
    """Yield the files of our node side."""
    root = Path(__file__).parent.parent
    for path in (root / "agent").rglob("*.py"):
        yield "holdfast/" + path.relative_to(root).as_posix(), path.read_bytes()

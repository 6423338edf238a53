"""Builds the agent's archive: the same bytes on each machine, so its SHA-256 is its version."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from holdfast.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bundled(NamedTuple):
    """A package that goes into the agent, in the one version that it may have."""

    module: str
    distribution: str
    version: str
    licence: str


BUNDLED = (
    Bundled("croniter", "croniter", "7.0.0", "licenses/LICENSE"),
    Bundled("dateutil", "python_dateutil", "2.9.0.post0", "LICENSE"),
    Bundled("six", "six", "1.17.0", "LICENSE"),
)
_SHEBANG = b"#!/usr/bin/env -S python3 -IS\n"
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_MODE = 0o644 << 16
_UNIX = 3

# The symlink that started us may be switched while we run, so import from where it points now; and
# from what an apply compiled for this Python, if it did.
_MAIN = b"""\
import importlib.util
import os
import sys

archive = os.path.realpath(sys.path[0])
compiled = archive[:-3] + importlib.util.MAGIC_NUMBER.hex() + ".zip"
sys.path[:1] = [compiled, archive] if os.path.exists(compiled) else [archive]

from holdfast.agent.main import main

sys.exit(main(sys.argv[1:]))
"""
_PACKAGE = b'"""Backup policy as code; here the node side of it."""\n'


class NotBundled(HoldfastError):
    """A package that goes into the agent is not installed here in the version it must have."""


@dataclass(frozen=True)
class Archive:
    """A whole agent; `sha256` names its content."""

    sha256: str
    content: bytes


def build() -> Archive:
    """Return the agent, made of this package and the bundled ones; always the same bytes."""
    members = {"__main__.py": _MAIN, "holdfast/__init__.py": _PACKAGE}
    members.update(_own())
    for package in BUNDLED:
        members.update(_bundled(package))
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


def _bundled(package: Bundled) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an installed package, without its tests and data, and its licence."""
    spec = find_spec(package.module)
    if spec is None or spec.origin is None:
        raise NotBundled(f"{package.module} {package.version} is not installed here")
    origin = Path(spec.origin)
    site = origin.parent.parent if origin.name == "__init__.py" else origin.parent
    record = site / f"{package.distribution}-{package.version}.dist-info"
    if not record.is_dir():
        raise NotBundled(
            f"{package.module} at {site} is not version {package.version}, which the agent needs; "
            f"install holdfast into a virtual environment of its own"
        )
    yield f"licenses/{package.distribution}.txt", (record / package.licence).read_bytes()
    if origin.name != "__init__.py":
        yield origin.name, origin.read_bytes()
        return
    for path in origin.parent.rglob("*.py"):
        if "tests" not in path.parts:
            yield path.relative_to(site).as_posix(), path.read_bytes()

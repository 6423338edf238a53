"""A directory → its YAML files, read. Must not: know what they mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.inventory.document import Document, parse
from holdfast.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENDINGS = (".yaml", ".yml")


def read(directory: Path) -> tuple[Document, ...]:
    """Return every *.yaml and *.yml below a directory, sorted; what cannot be read is a problem."""
    name = typed_name(str(directory))
    try:
        documents = tuple(_below(str(directory), ()))
    except FileNotFoundError:
        return (_lost(name, "no such directory", "`holdfast init` makes one, `-i` names another"),)
    except NotADirectoryError:
        return (_lost(name, "is no directory", "an inventory is a directory of YAML files"),)
    if not documents:
        return (_lost(name, "holds no *.yaml or *.yml", "`holdfast init` writes a first one"),)
    return documents


def typed_name(path: str) -> str:
    """Return a path as a person would type it: relative if below the current directory."""
    whole = os.path.abspath(path)
    below = os.path.relpath(whole)
    return whole if below.startswith("..") else below


def _below(directory: str, above: tuple[tuple[int, int], ...]) -> Iterator[Document]:
    """Read a directory; names that begin with a dot are an editor's or git's."""
    status = os.stat(directory)
    here = (status.st_dev, status.st_ino)
    if here in above:
        yield _lost(typed_name(directory), "leads back to a directory above it", "remove the link")
        return
    with os.scandir(directory) as entries:
        found = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    for entry in found:
        path = os.path.join(directory, entry)
        if os.path.isdir(path):
            yield from _below(path, (*above, here))
        elif entry.endswith(_ENDINGS):
            yield _file(path)


def _file(path: str) -> Document:
    name = typed_name(path)
    if not os.path.isfile(path):
        return _lost(name, "is no file", "remove it: a broken link, a socket or a pipe")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        return _lost(name, f"cannot be read: {error.strerror}", "")
    return parse(data, name)


def _lost(name: str, what: str, hint: str) -> Document:
    return Document(name, {}, {None: 0}, (Problem(name, "", what, hint),), whole=False)

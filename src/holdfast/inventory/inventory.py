"""Inventory: everything declared, typed and frozen. Must not: read files or judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from holdfast.inventory.path import show
from holdfast.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path as Directory

    from holdfast.inventory.document import Document
    from holdfast.inventory.finding import Finding
    from holdfast.inventory.path import Path
    from holdfast.inventory.promise import Promise
    from holdfast.model.datacenter import Datacenter
    from holdfast.model.definition import Definition
    from holdfast.model.identity import Identity
    from holdfast.model.loadmaster import LoadMaster
    from holdfast.model.lock import Lock
    from holdfast.model.node import Node
    from holdfast.model.server import Server


@dataclass(frozen=True, eq=False)
class Inventory:
    """The fields are the sections of the YAML; what is not written has its default.

    `base` is the folder that the inventory directory lies in: relative paths begin there.
    `declared` holds the names of a section, also of entries that were too wrong to be typed.
    """

    base: Directory
    inventory: Identity
    defaults: Any
    datacenters: Mapping[str, Datacenter]
    nodes: Mapping[str, Node]
    loadmasters: Mapping[str, LoadMaster]
    servers: Mapping[str, Server]
    definitions: tuple[Definition, ...]
    locks: tuple[Lock, ...]
    declared: Mapping[str, frozenset[str]] = field(repr=False)
    origins: Mapping[Path, tuple[Document, Path]] = field(repr=False)
    promises: tuple[Promise, ...] = field(default=(), repr=False)
    warnings: tuple[Problem, ...] = ()

    def place(self, path: Path) -> Place:
        """Return where a path is written, or the nearest part of it that is."""
        document, written = self._origin(path)
        return document.place(written)

    def problem(self, finding: Finding) -> Problem:
        """Return a finding with its place."""
        document, written = self._origin(finding.path)
        place = document.place(written)
        return Problem(place, show(written), finding.what, finding.hint, finding.severity)

    def _origin(self, path: Path) -> tuple[Document, Path]:
        """Return the file that a path is written in, and its path there."""
        for length in (2, 1):
            if path[:length] in self.origins:
                document, written = self.origins[path[:length]]
                return document, (*written, *path[length:])
        return self.origins[()][0], path

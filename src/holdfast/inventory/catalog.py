"""Catalog: what there is to be backed up, found by name, by pattern and by label."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from holdfast.inventory.finding import Finding, meant
from holdfast.model.definition import is_of_loadmasters
from holdfast.model.source import LoadMasterSelector, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.path import Path
    from holdfast.model.definition import Definition
    from holdfast.model.loadmaster import LoadMaster
    from holdfast.model.server import Server
    from holdfast.model.source import Source


class Target(NamedTuple):
    """One thing that is backed up: a server's disk, or a LoadMaster where disk is None."""

    name: str
    disk: int | None = None

    def __str__(self) -> str:
        return self.name if self.disk is None else f"{self.name}:{self.disk}"


class Catalog:
    """All disks and LoadMasters of an inventory."""

    def __init__(self, inventory: Inventory) -> None:
        self._servers = inventory.servers
        self._appliances = inventory.loadmasters
        self._declared = inventory.declared["servers"] | inventory.declared["loadmasters"]
        # What matches nothing may be meant for an entry that could not be typed.
        self._complete = len(self._declared) == len(self._servers) + len(self._appliances)
        disks = (Target(name, disk) for name, each in self._servers.items() for disk in each.disks)
        self._texts = {str(target): target for target in disks}
        self._texts |= {name: Target(name) for name in self._appliances}
        self._server_labels = _by_label(self._servers)
        self._appliance_labels = _by_label(self._appliances)
        self._globbed = lru_cache(maxsize=1024)(self._glob)

    def targets(self, definition: Definition, path: Path, findings: list[Finding]) -> set[Target]:
        """Return what a definition's sources stand for; what is not there is a finding."""
        found = set[Target]()
        of_loadmasters = definition.is_of_loadmasters
        for index, source in enumerate(definition.sources):
            matches = self._matches(source)
            if is_of_loadmasters(source) is not of_loadmasters:
                words = "mixes disks and LoadMasters", "write a definition for each"
            elif matches or self._may_be_empty(definition, source):
                found.update(matches)
                continue
            else:
                words = self._missing(source)
            findings.append(Finding((*path, "sources", index), *words))
        return found

    def _matches(self, source: Source) -> Sequence[Target]:
        if isinstance(source, Reference):
            text = str(source)
            if source.is_glob:
                return self._globbed(text)
            return (self._texts[text],) if text in self._texts else ()
        if isinstance(source, LoadMasterSelector):
            names = _having(source.loadmasters, self._appliance_labels, self._appliances)
            return [Target(name) for name in names]
        names = _having(source.servers, self._server_labels, self._servers)
        return [
            Target(name, disk)
            for name in names
            for disk in self._servers[name].disks
            if source.disks is None or disk in source.disks
        ]

    def _glob(self, pattern: str) -> Sequence[Target]:
        match = re.compile(translate(pattern)).match
        of_disks = ":" in pattern
        return [
            target
            for text, target in self._texts.items()
            if match(text) and (target.disk is not None) is of_disks
        ]

    def _may_be_empty(self, definition: Definition, source: Source) -> bool:
        """Whether a source may stand for nothing, or for an entry that could not be typed."""
        if isinstance(source, Reference) and not source.is_glob:
            typed = source.name in self._servers or source.name in self._appliances
            return source.name in self._declared and not typed
        optional = definition.optional or (not isinstance(source, Reference) and source.optional)
        return optional or not self._complete

    def _missing(self, source: Source) -> tuple[str, str]:
        """Return what to say of a source that stands for nothing."""
        if not isinstance(source, Reference) or source.is_glob:
            noun = "LoadMaster" if is_of_loadmasters(source) else "disk"
            return f"matches no {noun}", "`optional: true` if that may be"
        name, disk = source.name, source.disk
        if name in self._servers:
            numbers = ", ".join(f"`{name}:{number}`" for number in self._servers[name].disks)
            if disk is None:
                return f"`{name}` is a server", f"name its disk: {numbers}"
            return f"server `{name}` has no disk {disk}", f"it has {numbers}"
        if name in self._appliances:
            return f"LoadMaster `{name}` has no disks", f"write `{name}` alone"
        if disk is None:
            return f"unknown LoadMaster `{name}`", meant(name, self._declared)
        return f"unknown server `{name}`", meant(name, self._servers)


def _by_label(
    entries: Mapping[str, Server] | Mapping[str, LoadMaster],
) -> dict[tuple[str, str], set[str]]:
    """Return the names that have each label."""
    names: dict[tuple[str, str], set[str]] = {}
    for name, entry in entries.items():
        for label in entry.labels.items():
            names.setdefault(label, set()).add(name)
    return names


def _having(
    wanted: Mapping[str, str], labels: Mapping[tuple[str, str], set[str]], everything: Iterable[str]
) -> set[str]:
    """Return the names that have all the wanted labels; of none wanted, everything."""
    if not wanted:
        return set(everything)
    return set.intersection(*(labels.get(label, set()) for label in wanted.items()))

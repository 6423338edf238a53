"""Documents → typed entries, merged over all files. Must not: compare what entries say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from holdfast.inventory.defaults import Fill
from holdfast.inventory.finding import Finding, meant
from holdfast.inventory.path import show
from holdfast.inventory.wording import typed
from holdfast.model.datacenter import Datacenter
from holdfast.model.definition import Defaults, Definition
from holdfast.model.identity import Identity
from holdfast.model.loadmaster import LoadMaster
from holdfast.model.lock import Lock
from holdfast.model.node import Node
from holdfast.model.scalar import name, noun
from holdfast.model.server import Server
from holdfast.model.wrong import Wrong
from holdfast.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from holdfast.inventory.document import Document
    from holdfast.inventory.path import Path
    from holdfast.problem import Place

SINGLE: dict[str, type[BaseModel]] = {"inventory": Identity, "defaults": Defaults}
NAMED: dict[str, type[BaseModel]] = {
    "datacenters": Datacenter,
    "nodes": Node,
    "loadmasters": LoadMaster,
    "servers": Server,
}
LISTED: dict[str, type[BaseModel]] = {"definitions": Definition, "locks": Lock}
SECTIONS = (*SINGLE, *NAMED, *LISTED)


@dataclass(slots=True)
class Collected:
    """What the files hold: models by path, and where each was written."""

    models: dict[str, dict[Any, Any]] = field(
        default_factory=lambda: {section: {} for section in SECTIONS}
    )
    declared: dict[str, set[str]] = field(
        default_factory=lambda: {section: set() for section in SECTIONS}
    )
    origins: dict[Path, tuple[Document, Path]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)  # raw

    def place(self, path: Path) -> Place:
        """Return where an entry is written."""
        document, written = self.origins[path]
        return document.place(written)

    def add(self, document: Document, findings: Iterable[Finding]) -> None:
        """Note findings whose paths are those of a document."""
        for path, what, hint, severity in findings:
            place = document.place(path)
            self.problems.append(Problem(place, show(path), what, hint, severity))


def collect(documents: Iterable[Document]) -> Collected:
    """Return everything that the documents hold, typed; what cannot be typed is a problem."""
    documents = tuple(documents)
    collected = Collected()
    for document in documents:
        collected.problems.extend(document.problems)
        _unknown(collected, document)
    for section, single in SINGLE.items():
        for document in _having(documents, section):
            _single(collected, document, section, single)
    for section, named in NAMED.items():
        for document in _having(documents, section):
            _named(collected, document, section, named)
    fill = Fill(collected.defaults)
    for section, listed in LISTED.items():
        for document in _having(documents, section):
            _listed(collected, document, section, listed, fill)
    return collected


def _unknown(collected: Collected, document: Document) -> None:
    for section in document.tree.keys() - set(SECTIONS):
        what, hint = f"unknown key `{section}`", meant(section, SECTIONS)
        collected.add(document, [Finding((section,), what, hint)])


def _having(documents: Iterable[Document], section: str) -> Iterator[Document]:
    """Return the documents that have a section with something in it."""
    return (document for document in documents if document.tree.get(section) is not None)


def _single(collected: Collected, document: Document, section: str, model: type[BaseModel]) -> None:
    """Take a section that stands in one file only."""
    raw, findings = document.tree[section], list[Finding]()
    if (section,) in collected.origins:
        first = collected.place((section,))
        findings.append(Finding((section,), "written twice", f"also at {first}"))
    else:
        collected.origins[section,] = (document, (section,))
        made = typed(model, raw, (section,), findings)
        if made is not None:
            collected.models[section][section] = made
        if section == "defaults" and isinstance(raw, dict):
            # A default that is wrong is said once: None is passed over below.
            wrong = {finding.path[1] for finding in findings if finding.path[1:]}
            collected.defaults = {k: None if k in wrong else v for k, v in raw.items()}
    collected.add(document, findings)


def _named(collected: Collected, document: Document, section: str, model: type[BaseModel]) -> None:
    """Take the entries of a section that is a mapping by name."""
    raw, findings = document.tree[section], list[Finding]()
    if not isinstance(raw, dict):
        what = f"must be a mapping of names, got {noun(raw)}"
        collected.add(document, [Finding((section,), what)])
        return
    for key, value in raw.items():
        path = (section, key)
        if wrong := _misnamed(key):
            findings.append(Finding(path, wrong.what, wrong.hint))
            continue
        if path in collected.origins:
            first = collected.place(path)
            findings.append(Finding(path, f"`{key}` is defined twice", f"also at {first}"))
            continue
        collected.origins[path] = (document, path)
        collected.declared[section].add(key)
        made = typed(model, value, path, findings)
        if made is not None:
            collected.models[section][key] = made
    collected.add(document, findings)


def _misnamed(key: str) -> Wrong | None:
    try:
        name(key)
    except Wrong as wrong:
        return wrong
    return None


def _listed(
    collected: Collected, document: Document, section: str, model: type[BaseModel], fill: Fill
) -> None:
    """Take the entries of a section that is a list; definitions get their defaults."""
    raw, findings = document.tree[section], list[Finding]()
    if not isinstance(raw, list):
        collected.add(document, [Finding((section,), f"must be a list, got {noun(raw)}")])
        return
    models = collected.models[section]
    for index, value in enumerate(raw):
        if section == "definitions" and isinstance(value, dict):
            value = fill.under(value)  # noqa: PLW2901 - the filled one takes its place
        made = typed(model, value, (section, index), findings)
        if made is not None:
            collected.origins[section, len(models)] = (document, (section, index))
            models[len(models)] = made
    collected.add(document, findings)

"""A directory → an Inventory, or every problem in it at once."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.errors import InventoryError
from holdfast.inventory import files
from holdfast.inventory.check import check
from holdfast.inventory.collect import Collected, collect
from holdfast.inventory.inventory import Inventory
from holdfast.inventory.select import resolve
from holdfast.model.definition import Defaults
from holdfast.model.identity import Identity
from holdfast.problem import Place, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from holdfast.inventory.document import Document


def load(directory: Path) -> Inventory:
    """Return the inventory of a directory; InventoryError holds every problem there is."""
    with _without_collector():
        documents = files.read(directory)
        collected = collect(documents)
        problems = collected.problems
        for document in documents:
            document.tree.clear()  # typed now; the places stay
        if not all(document.whole for document in documents):
            # What a rule misses may stand in the file that could not be read.
            raise InventoryError(_sorted(problems))
        problems.extend(_nameless(collected, documents))
        inventory = _inventory(Path(os.path.abspath(directory)).parent, collected, documents)
        resolved, findings = resolve(inventory)
        findings.extend(check(inventory, resolved))
        problems.extend({inventory.problem(finding): None for finding in findings})
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InventoryError(_sorted(problems))
    promises = tuple(promise for _, promise in resolved)
    return replace(inventory, promises=promises, warnings=_sorted(problems))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector from walking a growing tree again and again: 3 times faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=_order))


def _order(problem: Problem) -> tuple[Place, str, str]:
    """By file, line and column; what is said of a whole file comes before its lines."""
    where = problem.where if isinstance(problem.where, Place) else Place(problem.where, 0, 0)
    return where, problem.path, problem.what


def _nameless(collected: Collected, documents: Sequence[Document]) -> Iterator[Problem]:
    if ("inventory",) not in collected.origins:
        hint = "inventory: {id: my-company} in one of the files, the mark of all it owns"
        yield Problem(Place(documents[0].file, 1, 1), "inventory", "required", hint)


def _inventory(base: Path, collected: Collected, documents: Sequence[Document]) -> Inventory:
    """Put together what could be typed; a stand-in id lets the rules go on without the real one."""
    models = collected.models
    return Inventory(
        base=base,
        inventory=models["inventory"].get("inventory", Identity(id="unknown")),
        defaults=models["defaults"].get("defaults", Defaults()),
        datacenters=models["datacenters"],
        nodes=models["nodes"],
        loadmasters=models["loadmasters"],
        servers=models["servers"],
        definitions=tuple(models["definitions"].values()),
        locks=tuple(models["locks"].values()),
        declared={section: frozenset(names) for section, names in collected.declared.items()},
        origins={(): (documents[0], ()), **collected.origins},
    )

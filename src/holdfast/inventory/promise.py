"""Promise: one definition of one source, resolved: what the node is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.model.definition import Definition
    from holdfast.problem import Place


@dataclass(frozen=True, slots=True)
class Promise:
    """`daily@web01:1` or `nightly@lm-prg-1`; a disk has server and disk, an appliance loadmaster.

    `node` is where the backups are put: a LoadMaster's is its connector. `was` holds the ids it had
    before, in every combination of the former names of definition and source.
    """

    id: str
    definition: Definition
    node: str
    storage: str
    server: str | None
    disk: int | None
    loadmaster: str | None
    timezone: str
    place: Place
    was: tuple[str, ...]

"""What a device is set to do: parameters, users, tables, in the four parts of a restore."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from holdfast.lab.loadmaster.parameter import Access
from holdfast.lab.loadmaster.parameters import PARAMETERS

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.user import User

Record: TypeAlias = dict[str, str]


class Part(IntFlag):
    """The bits of a restore's `type`."""

    BASE = 1
    VS = 2
    GEO = 4
    SSO = 8


class Table(StrEnum):
    """Records by name."""

    INTERFACE = "interface"
    SERVICE = "vs"
    FQDN = "fqdn"
    CLUSTER = "cluster"
    DOMAIN = "domain"


PART_OF = {
    Table.INTERFACE: Part.BASE,
    Table.SERVICE: Part.VS,
    Table.FQDN: Part.GEO,
    Table.CLUSTER: Part.GEO,
    Table.DOMAIN: Part.SSO,
}


def _defaults() -> dict[str, str]:
    return {
        name: parameter.default
        for name, parameter in PARAMETERS.items()
        if parameter.default is not None and parameter.access is not Access.READ
    }


def _tables() -> dict[Table, dict[str, Record]]:
    return {table: {} for table in Table}


@dataclass
class Configuration:
    """All that a configuration backup holds. Parameters stand by their names in lower case."""

    parameters: dict[str, str] = field(default_factory=_defaults)
    users: dict[str, User] = field(default_factory=dict)
    tables: dict[Table, dict[str, Record]] = field(default_factory=_tables)

    def set(self, name: str, value: str | None) -> None:
        """Keep a value; None unsets."""
        if value is None:
            self.parameters.pop(name, None)
        else:
            self.parameters[name] = value

    def take(self, other: Configuration, parts: Part) -> None:
        """Replace these parts by another's, in place: the units of a pair share their tables."""
        if parts & Part.BASE:
            _replace(self.parameters, other.parameters)
            _replace(self.users, other.users)
        for table, part in PART_OF.items():
            if parts & part:
                _replace(self.tables[table], other.tables[table])


def _replace(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    mine.clear()
    mine.update(theirs)

"""Subject: what a definition backs up, told apart: a server's numbered disk, or a LoadMaster."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Union

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields

DISK, LOADMASTER = "disk", "loadmaster"


class Disk(NamedTuple):
    """A disk of a virtual server; the uuid tells this machine from another of its name."""

    server: str
    number: int
    uuid: str | None

    @property
    def source(self) -> str:
        """How ids and names of backups call it: `web01:1`."""
        return "%s:%d" % (self.server, self.number)

    def is_same(self, other: Disk) -> bool:
        """Tell whether both are one number of one machine, whatever that is called."""
        return (self.uuid, self.number) == (other.uuid, other.number)

    def to_document(self) -> dict[str, object]:
        """Return its members of a document."""
        return {"server": self.server, "disk": self.number, "uuid": self.uuid}

    @classmethod
    def from_fields(cls, given: Fields) -> Disk:
        """Return the disk that a document tells of."""
        return cls(given.text("server"), given.whole("disk"), given.text_or_none("uuid"))


class LoadMaster(NamedTuple):
    """An appliance by its name; which machine that is only the machine itself can tell."""

    name: str

    @property
    def source(self) -> str:
        """How ids and names of backups call it: `lm-prg-1`."""
        return self.name


Subject = Union[Disk, LoadMaster]


def from_fields(given: Fields) -> Subject:
    """Return the subject of a definition's document."""
    if LOADMASTER in given.document:
        return LoadMaster(given.text(LOADMASTER))
    return Disk.from_fields(given)


def folder(source: str) -> str:
    """Return where backups of `web01:1` or `lm-prg-1` lie, relative to a storage."""
    server, _, disk = source.partition(":")
    return os.path.join(server, "disk" + disk) if disk else server

"""What a manifest tells of a LoadMaster's backup: the machine, the archive, the parts beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent.backups.total import Sum

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields

PARAMETERS, CERTIFICATES = "parameters", "certificates"


class Part(NamedTuple):
    """A file of its own that belongs to the backup: the parameters, the certificates."""

    name: str
    file: str
    content: Sum
    stored: Sum


class Archive(NamedTuple):
    """The archive that came: its members, and its bytes as they were pulled.

    `changed` says whether anything differs from the base but the `volatile` members, which differ
    each time; it is None for a base. `digests` are keyed, to compare later archives with a base.
    """

    members: int
    pulled: Sum
    volatile: tuple[str, ...]
    changed: bool | None
    digests: str

    @classmethod
    def from_fields(cls, given: Fields) -> Archive:
        """Return the archive that a document tells of."""
        return cls(
            given.whole("members", 1),
            Sum.from_fields(given.inner("pulled")),
            given.texts("volatile"),
            None if given.document.get("changed") is None else given.truth("changed"),
            given.text("digests"),
        )


class Appliance(NamedTuple):
    """The LoadMaster as it was at that moment; `serial` tells this machine from another."""

    name: str
    serial: str
    firmware: str
    hostname: str
    role: str  # in its own words: Active, Standby, HA not configured
    mode: str  # of HA, in its own numbers: 0 none, 1 first, 2 second, 3 cloud, 4 cluster
    certificate: str  # SHA-256 of the one it served
    archive: Archive
    parts: tuple[Part, ...] = ()

    @property
    def source(self) -> str:
        """How names of backups call it."""
        return self.name

    def to_document(self) -> dict[str, object]:
        """Return its members of a manifest."""
        known = self._asdict()
        archive = known.pop("archive")
        parts = {part.name: part._asdict() for part in known.pop("parts")}
        for part in parts.values():
            del part["name"]
            part.update({"content": part["content"]._asdict(), "stored": part["stored"]._asdict()})
        known["archive"] = {
            **archive._asdict(),
            "pulled": archive.pulled._asdict(),
            "volatile": list(archive.volatile),
        }
        return {"loadmaster": {**known, "parts": parts}}


def from_fields(given: Fields) -> Appliance:
    """Return what a manifest's `loadmaster` holds."""
    parts = given.inner("parts")
    unknown = sorted(set(parts.document) - {PARAMETERS, CERTIFICATES})
    if unknown:
        raise parts.refusal(unknown[0], "absent: no such part is known")
    texts = ("name", "serial", "firmware", "hostname", "role", "mode", "certificate")
    return Appliance(
        **{name: given.text(name) for name in texts},
        archive=Archive.from_fields(given.inner("archive")),
        parts=tuple(_part(name, parts.inner(name)) for name in sorted(parts.document)),
    )


def _part(name: str, given: Fields) -> Part:
    content, stored = (
        Sum.from_fields(given.inner("content")),
        Sum.from_fields(given.inner("stored")),
    )
    return Part(name, given.text("file"), content, stored)

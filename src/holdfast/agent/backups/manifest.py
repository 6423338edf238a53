"""Manifest: what describes and proves one backup. It is written last and never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, NamedTuple

from holdfast.agent import canonical, fields, names, regular, subject, timestamp
from holdfast.agent.backups import appliance, children, moment
from holdfast.agent.backups.appliance import Appliance
from holdfast.agent.backups.total import Sum
from holdfast.agent.definition import Definition, Source
from holdfast.agent.failure import Malformed
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.backups.children import Child
    from holdfast.agent.fields import Fields

FORMAT = 1
# Members that came later: left out where they say nothing, so that what was signed before they
# came still reads back to the very bytes.
_LATER = ("snapshot", "signature", "freeze", "encrypt_to", "raw", "children")


class Manifest(NamedTuple):
    """One backup: whose, of what, from which moment, and which bytes."""

    backup: str
    inventory: str
    definition: str
    subject: Disk | Appliance
    source: Source
    guid: str | None
    sequence: int
    kind: str
    base: str | None
    file: str
    created: datetime
    duration: float
    consistency: str
    content: Sum
    stored: Sum
    run: str
    agent: str
    snapshot: str | None = None  # GUID of what was sent; a backup in a dataset has no file
    signature: str | None = None
    freeze: str | None = None  # off, frozen, or failed: the guest's file systems in that moment
    encrypt_to: tuple[str, ...] = ()  # age recipients of the file
    raw: bool = False  # sent as ZFS encrypts it
    children: tuple[Child, ...] = ()  # of a recursive backup

    @property
    def machine(self) -> str | None:
        """What tells the machine from another of its name: a server's uuid, a serial number."""
        return self.subject.uuid if isinstance(self.subject, Disk) else self.subject.serial

    @property
    def thing(self) -> tuple[str | None, str | None]:
        """What was backed up, told from another one in its place: the machine, and its disk."""
        return self.machine, self.guid

    @property
    def guids(self) -> tuple[str | None, ...]:
        """The GUIDs of all its snapshots."""
        return (self.snapshot, *(child.snapshot for child in self.children))

    @property
    def files(self) -> dict[str, Sum]:
        """The stored files and what each holds; none for a snapshot."""
        found = {self.file: self.stored} if self.file else {}
        if isinstance(self.subject, Appliance):
            found.update({part.file: part.stored for part in self.subject.parts})
        return found

    def to_document(self) -> dict[str, object]:
        """Return what the file holds, as JSON values."""
        document: dict[str, object] = {"format": FORMAT, **self._asdict()}
        del document["subject"]
        document.update(self.subject.to_document())
        document["duration"] = float(self.duration)  # as it reads back
        document["source"] = {**self.source.to_document(), "guid": document.pop("guid")}
        document["created"] = timestamp.to_text(self.created)
        document["content"] = self.content._asdict()
        document["stored"] = self.stored._asdict()
        document["encrypt_to"] = list(self.encrypt_to)
        document["children"] = {child.path: child.snapshot for child in self.children}
        for name in _LATER:
            if not document[name]:
                del document[name]
        return document

    def to_text(self) -> str:
        """Return the canonical JSON text."""
        return canonical.dumps(self.to_document()) + "\n"

    def to_bytes(self) -> bytes:
        """Return the file's content; what no file of ours can hold is kept too, to be refused."""
        return self.to_text().encode("utf-8", "surrogatepass")

    def fits(self, definition: Definition, inventories: Iterable[str]) -> bool:
        """Tell whether this backup is that definition's: same owner, promise, machine and number.

        Which LoadMaster, or which disk under that number, no definition knows: see `thing`.
        """
        if self.inventory not in inventories or self.definition not in (
            definition.id,
            *definition.was,
        ):
            return False
        of, wanted = self.subject, definition.subject
        if isinstance(of, Disk) and isinstance(wanted, Disk):
            return of.is_same(wanted)
        return isinstance(of, Appliance) and not isinstance(wanted, Disk)


def from_fields(given: Fields) -> Manifest:
    """Return the manifest that a document holds, or raise Malformed."""
    if given.whole("format") != FORMAT:
        raise given.refusal("format", "%d, all that this agent knows" % FORMAT)
    source = given.inner("source")
    texts = ("backup", "inventory", "definition", "file", "consistency", "run", "agent")
    manifest = Manifest(
        **{name: given.text(name) for name in texts},
        subject=_subject(given),
        source=Source.from_fields(source),
        guid=source.text_or_none("guid"),
        sequence=given.whole("sequence", 1),
        kind=given.one_of("kind", "full", "incremental"),
        base=given.text_or_none("base"),
        created=moment.instant(given, "created"),
        duration=given.number("duration"),
        content=Sum.from_fields(given.inner("content")),
        stored=Sum.from_fields(given.inner("stored")),
        snapshot=given.text_or_none("snapshot") if "snapshot" in given.document else None,
        signature=given.text_or_none("signature") if "signature" in given.document else None,
        freeze=given.text_or_none("freeze") if "freeze" in given.document else None,
        encrypt_to=given.texts("encrypt_to") if "encrypt_to" in given.document else (),
        raw=given.truth("raw") if "raw" in given.document else False,
        children=children.below(given),
    )
    if (manifest.kind == "incremental") != (manifest.base is not None):
        raise given.refusal("base", "that of an incremental, and of no other")
    if manifest.snapshot is not None and not manifest.file:
        return manifest
    # The files' names become paths, and their removal follows from the manifest's.
    if not all(
        name.startswith(manifest.backup + ".") and "/" not in name for name in manifest.files
    ):
        raise given.refusal("file", "a name that begins with the backup's")
    return manifest


def _subject(given: Fields) -> Disk | Appliance:
    if subject.LOADMASTER in given.document:
        return appliance.from_fields(given.inner(subject.LOADMASTER))
    return Disk.from_fields(given)


def load(path: str, backup: str) -> Manifest:
    """Return the manifest of a backup; raise Malformed where it is none, or another's."""
    what = "manifest of " + backup
    try:
        content = regular.read(path, what)
    except FileNotFoundError:
        raise Malformed(what + " is missing") from None
    manifest = of_backup(fields.parse(content, what), backup)
    # What was signed is all of it: nothing that we would not write may stand there beside it.
    if manifest.signature is not None and manifest.to_bytes() != content:
        raise Malformed(what + " was altered: it is not as it was written")
    return manifest


def of_backup(given: Fields, backup: str) -> Manifest:
    """Return the manifest that a document holds; raise Malformed where it is another backup's."""
    manifest = from_fields(given)
    if manifest.backup != backup:
        raise given.refusal("backup", backup)
    return manifest


def is_backup(name: str, definition: str) -> bool:
    """Tell whether a name is one that a definition gives: `daily-20261121_020000` of `daily`."""
    return (
        names.is_name(definition)
        and name.startswith(definition + "-")
        and names.is_stamp(name[len(definition) + 1 :])
    )

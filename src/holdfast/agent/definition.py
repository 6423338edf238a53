"""Definition: one promise as an apply wrote it on this node. Must not: write it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import fields, names, subject
from holdfast.agent.backups.retention import Rule
from holdfast.agent.limit import Limit
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.subject import Subject


class Source(NamedTuple):
    """What is read: an image file, a dataset, a LoadMaster by name; `node` is who reaches it."""

    kind: str
    place: str
    node: str
    recursive: bool = False  # a dataset's children, too

    def to_document(self) -> dict[str, object]:
        """Return its members; that it is recursive stands there only where it is."""
        document: dict[str, object] = {"kind": self.kind, "place": self.place, "node": self.node}
        return {**document, "recursive": True} if self.recursive else document

    @classmethod
    def from_fields(cls, given: Fields) -> Source:
        """Return the source that a document describes."""
        kind, place = given.text("kind"), given.text("place")
        if kind == "dataset":
            if not names.is_dataset(place):
                raise given.refusal("place", "the name of a dataset")
        elif kind == subject.LOADMASTER:
            if not names.is_name(place):
                raise given.refusal("place", "the name of a LoadMaster")
        elif not place.startswith("/") or "\0" in place:
            raise given.refusal("place", "an absolute path")
        recursive = given.truth("recursive") if "recursive" in given.document else False
        return cls(kind, place, given.text("node"), recursive)


class GuestAgent(NamedTuple):
    """How a guest's agent is reached: `socket` with a path, or `libvirt` with a domain."""

    kind: str
    place: str

    @classmethod
    def from_fields(cls, given: Fields) -> GuestAgent | None:
        """Return what a definition says of it, None where it says nothing."""
        inner = given.inner_or_none("guest_agent")
        if inner is None:
            return None
        kind = "libvirt" if "libvirt" in inner.document else "socket"
        place = inner.text(kind)
        # A domain goes to virsh as a word of its own; a path is opened.
        if "\0" in place or place.startswith("-") or place.startswith("/") != (kind == "socket"):
            raise inner.refusal(kind, "an absolute path of a socket, or the name of a domain")
        return cls(kind, place)


class Definition(NamedTuple):
    """Every field that a run needs, typed; times are seconds, sizes bytes."""

    id: str
    subject: Subject
    was: tuple[str, ...]
    source: Source
    peer: str | None  # the node that is asked for the disk; None where it lies here
    type: str
    storage: str
    place: str
    schedule: str
    timezone: str
    retention: Rule
    active: bool
    catch_up: int
    timeout: int
    queue_timeout: int
    bandwidth_limit: int | None
    freeze: str
    guest_agent: GuestAgent | None
    consistency: str
    compression: str
    encrypt_to: tuple[str, ...]
    base_every: int
    limit: Limit | None = None  # of its datacenter

    @property
    def name(self) -> str:
        """The definition's own name: what its backups are called after."""
        return self.id.partition("@")[0]

    @property
    def disk(self) -> Disk:
        """The disk that it backs up; only who knows that it is no LoadMaster's asks."""
        assert isinstance(self.subject, Disk)  # noqa: S101 - a bug otherwise
        return self.subject

    @property
    def folder(self) -> str:
        """Where its backups lie, relative to the storage."""
        return subject.folder(self.subject.source)

    @property
    def former_folders(self) -> tuple[str, ...]:
        """Where backups lie that it made under earlier ids."""
        found = {subject.folder(former.partition("@")[2]) for former in self.was}
        return tuple(sorted(found - {self.folder}))


def from_fields(identity: str, given: Fields) -> Definition:
    """Return the definition of an ID, or raise Malformed."""
    definition = Definition(
        id=identity,
        subject=subject.from_fields(given),
        was=given.texts("was"),
        source=Source.from_fields(given.inner("source")),
        peer=given.text_or_none("peer"),
        type=given.text("type"),
        storage=given.text("storage"),
        place=given.text("place"),
        schedule=given.text("schedule"),
        timezone=given.text("timezone"),
        retention=_rule(given.inner("retention")),
        active=given.truth("active"),
        catch_up=given.whole("catch_up"),
        timeout=given.whole("timeout", 1),
        queue_timeout=given.whole("queue_timeout", 1),
        bandwidth_limit=given.whole_or_none("bandwidth_limit", 1),
        freeze=given.one_of("freeze", "off", "best-effort", "required"),
        guest_agent=GuestAgent.from_fields(given),
        consistency=given.one_of("consistency", "snapshot", "none"),
        compression=given.text("compression"),
        encrypt_to=given.texts("encrypt_to"),
        base_every=given.whole("base_every", 1),
        limit=Limit.from_fields(given),
    )
    _refuse_paths(given, definition)
    return definition


def load(layout: Layout, identity: str) -> Definition | None:
    """Return a definition of this node; None when it was removed."""
    path = os.path.join(layout.definitions, identity + ".json")
    given = fields.load(path, "definition " + identity)
    return None if given is None else from_fields(identity, given)


def _rule(given: Fields) -> Rule:
    unknown = sorted(set(given.document) - set(Rule._fields))
    if unknown:
        raise given.refusal(unknown[0], "absent: no such period")
    return Rule(**{period: given.whole(period, 1) for period in given.document})


def _refuse_paths(given: Fields, definition: Definition) -> None:
    """Hold every part that becomes a path to the grammar of names."""
    own = "%s@%s" % (given.text("definition"), definition.subject.source)
    if own != definition.id or not names.is_id(own):
        raise given.refusal("definition", "of " + definition.id)
    if not all(names.is_id(former) for former in definition.was):
        raise given.refusal("was", "a list of IDs")
    if definition.peer not in (None, definition.source.node):
        raise given.refusal("peer", "the node of its source, or null")
    if definition.peer is not None and not names.is_name(definition.peer):
        raise given.refusal("peer", "the name of a node")
    if definition.type == "dataset" and not names.is_dataset(definition.place):
        raise given.refusal("place", "the name of a dataset")
    if not names.is_name(definition.storage):
        raise given.refusal("storage", "a name")

"""Disks of another node, as a run sees them: its agent freezes, reads and compresses there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.freeze.around import Freeze
from holdfast.agent.peers import grant, session
from holdfast.agent.peers import known as known_nodes
from holdfast.agent.sources.seam import Taken
from holdfast.agent.zfs import diskmark
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.session import Session
    from holdfast.agent.sources.seam import Tell
    from holdfast.agent.transforms.chain import Flow
    from holdfast.agent.transforms.recipe import Recipe

_CONSISTENCIES = ("reflink", "snapshot", "unchanged", "none")


class Opened:
    """A disk that another node has opened for one reading."""

    def __init__(self, wire: Session, told: Fields) -> None:
        self.suffix = told.one_of("suffix", ".img", ".zfs")
        self.guid = told.text_or_none("guid")
        self.size = told.whole("size")
        self.freeze = _freeze(told)
        self.consistency = ""
        self.doubt = ""
        self._wire = wire

    def flow(self, _recipe: Recipe, tell: Tell) -> contextlib.AbstractContextManager[Flow]:
        """Give the content as it is to be stored: made so on the other side, by the same recipe."""
        return self._wire.stream("read", {}, tell, self._conclude)

    def _conclude(self, trailer: Fields) -> None:
        self.consistency = trailer.one_of("consistency", *_CONSISTENCIES)
        self.doubt = trailer.text("doubt")


class Origin:
    """A dataset of another node, and the snapshots that one keeper has on it."""

    def __init__(self, wire: Session, place: str, keepers: tuple[str, ...]) -> None:
        self._wire = wire
        self._place = place
        self._keepers = keepers
        told = self._look()
        self.guid = told.text_or_none("guid")
        self.disk = diskmark.told(told)
        self.raw = told.truth("raw")
        self.resumes = told.truth("resumes")
        # An agent from before these says nothing of them.
        self.settled = told.text("settled") if "settled" in told.document else ""
        self._estimates = "estimates" in told.document and told.truth("estimates")

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot of the dataset, oldest first; other keepers' bear no marks here."""
        listed = self._look().inners("snapshots")
        return tuple(_snapshot(each, self._place) for each in listed)

    def kept(self) -> tuple[Snapshot, ...]:
        """Return the snapshots that bear the marks of this keeper, oldest first."""
        return tuple(each for each in self.snapshots() if each.keeper in self._keepers)

    def estimate(self, snapshot: Snapshot, base: Snapshot | None) -> int:
        """Return about how many bytes a stream will have, 0 where it cannot be told."""
        if not self._estimates:
            return 0 if base else snapshot.referenced
        return self._wire.ask("estimate", _of(snapshot, base)).whole("size")

    def take(self, name: str) -> Taken:
        """Return a new snapshot, which is held before its stream has come to its end."""
        told = self._wire.ask("take", {"name": name})
        snapshot = _snapshot(told.inner("snapshot"), self._place)
        if snapshot.name != name:
            raise Failed("node %s took a snapshot of another name" % self._wire.node)
        return Taken(snapshot, _freeze(told))

    def release_all_but(self, *needed: str) -> None:
        """Let go of this keeper's snapshots whose GUIDs are not needed.

        Raises Failed, when all others are gone, where one cannot go.
        """
        told = self._wire.ask("release", {"needed": needed})
        # An agent from before this fails instead.
        if "stuck" in told.document and told.text("stuck"):
            raise Failed("node %s: %s" % (self._wire.node, told.text("stuck")))

    def sending(
        self, snapshot: Snapshot, base: Snapshot | None, _recipe: Recipe
    ) -> contextlib.AbstractContextManager[Flow]:
        """Give a snapshot's stream; the other side holds it to the definition's bandwidth."""
        return self._wire.stream("send", _of(snapshot, base), _unheard, _unheard)

    def resuming(self, token: str, _recipe: Recipe) -> contextlib.AbstractContextManager[Flow]:
        """Give the rest of a stream that broke off."""
        return self._wire.stream("resume", {"token": token}, _unheard, _unheard)

    def _look(self) -> Fields:
        return self._wire.ask("snapshots", {})


@contextlib.contextmanager
def opened(layout: Layout, definition: Definition) -> Iterator[Opened]:
    """Have a definition's disk opened where it lies."""
    with _claimed(layout, definition, ()) as wire:
        yield Opened(wire, wire.ask("open", {}))


@contextlib.contextmanager
def origin(layout: Layout, definition: Definition, keepers: tuple[str, ...]) -> Iterator[Origin]:
    """Give a definition's dataset where it lies."""
    with _claimed(layout, definition, keepers) as wire:
        yield Origin(wire, definition.source.place, keepers)


@contextlib.contextmanager
def _claimed(layout: Layout, definition: Definition, keepers: tuple[str, ...]) -> Iterator[Session]:
    known = known_nodes.find(layout, definition.source.node)
    with session.to(layout, known) as wire:
        wire.claim(definition.id, grant.document(definition), keepers)
        yield wire


def _of(snapshot: Snapshot, base: Snapshot | None) -> dict[str, object]:
    return {"snapshot": snapshot.guid, "base": None if base is None else base.guid}


def _snapshot(given: Fields, place: str) -> Snapshot:
    guid, name = given.text("guid"), given.text("name")
    if not guid.isdigit():
        raise given.refusal("guid", "a GUID")
    if not name.isprintable() or "/" in name or "@" in name:
        raise given.refusal("name", "a snapshot's")
    if not _lies_in(given.text("dataset"), place):
        raise given.refusal("dataset", place + ", or below it")
    return Snapshot(
        dataset=given.text("dataset"),
        name=name,
        guid=guid,
        transaction=given.whole("transaction"),
        inventory=given.text("inventory"),
        keeper=given.text("keeper"),
        manifest=given.text("manifest"),
        referenced=given.whole("referenced"),
    )


def _lies_in(dataset: str, place: str) -> bool:
    """Tell whether a dataset is the asked one or below it: where it is put here hangs on that."""
    parts = dataset.split("/")
    plain = dataset.isprintable() and "@" not in dataset and not {"", ".", ".."} & {*parts}
    return plain and (dataset == place or dataset.startswith(place + "/"))


def _freeze(told: Fields) -> Freeze:
    given = told.inner("freeze")
    freeze = Freeze("off")
    freeze.word = given.one_of("word", "off", "frozen", "failed")
    freeze.note = given.text("note")
    return freeze


def _unheard(_told: object) -> None:
    """Nobody follows how far a snapshot's stream is."""

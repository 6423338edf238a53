"""The dataset that one disk's backups are received into. Must not: know what a manifest is.

A full stream goes to `disk1.incoming` and takes the chain's place only when it is whole; the chain
before it is set aside as `disk1.20261122_050000`, and what it holds stays restorable.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple

from holdfast.agent.failure import Failed
from holdfast.agent.stores.listed import Listed
from holdfast.agent.stores.whereabouts import is_among, is_aside
from holdfast.agent.zfs import command, datasets, features, resumetoken, snapshots, stream
from holdfast.agent.zfs.snapshots import Asked

if TYPE_CHECKING:
    from holdfast.agent.zfs.resumetoken import Token
    from holdfast.agent.zfs.snapshots import Snapshot

_TO_RESUME = "receive_resume_token"


class Parts(NamedTuple):
    """What came of a stream that broke off, and the token that goes on with it."""

    dataset: str
    token: Token


class Arrival:
    """A snapshot on its way in: as it was sent, and as it lies here once it is proven."""

    def __init__(self, sent: Snapshot) -> None:
        self.snapshot = sent


class Chain:
    """The received dataset of a disk and those that were set aside from it."""

    def __init__(self, parent: str, folder: str) -> None:
        self.dataset = "%s/%s" % (parent, folder)
        self.incoming = self.dataset + ".incoming"
        self._server = self.dataset.rpartition("/")[0]
        self._listed = Listed(self._server)
        self.asked, self.changing = self._listed.asked, self._listed.changing

    def snapshots(self) -> list[Snapshot]:
        """Return all snapshots of this disk, also those set aside, oldest first."""
        return [
            snapshot
            for snapshot in self._listed.known().snapshots
            if is_among(self.dataset, snapshot.dataset)
        ]

    def newest(self, path: str = "") -> Snapshot | None:
        """Return the snapshot that an incremental stream must begin at; `path` is a child's."""
        found = self._of(_below(self.dataset, path))
        return found[-1] if found else None

    def is_current(self, dataset: str) -> bool:
        """Tell whether a dataset is one that is received into, not one that was set aside."""
        return any(
            dataset == top or (dataset.startswith(top + "/") and not is_aside(dataset[len(top) :]))
            for top in (self.dataset, self.incoming)
        )

    @contextlib.contextmanager
    def receiving(
        self, blocks: Iterable[bytes], sent: Snapshot, base: Snapshot | None, *flags: str
    ) -> Iterator[Arrival]:
        """Receive what was sent: handed over as the block begins, proven by its GUID as it ends."""
        target = self.dataset
        if base is None:
            target = self.incoming
            datasets.make_parent(self._server)
        with self._receiving(blocks, sent, target, *flags) as arrival:
            yield arrival

    def receive_child(
        self, blocks: Iterable[bytes], sent: Snapshot, base: Snapshot | None, target: str
    ) -> Snapshot:
        """Receive a child into its dataset below a disk's; a chain that does not fit goes aside."""
        if base is None and datasets.exists(target):
            self._change("rename", target, "%s.%s" % (target, sent.name.rpartition("-")[2]))
        with self._receiving(blocks, sent, target) as arrival:
            pass
        return arrival.snapshot

    @contextlib.contextmanager
    def _receiving(
        self, blocks: Iterable[bytes], sent: Snapshot, target: str, *flags: str
    ) -> Iterator[Arrival]:
        path = "%s@%s" % (target, sent.name)
        arrival = Arrival(sent)
        with self._listed.changing(), stream.receiving(path, *flags) as into:
            into.take(blocks)
            yield arrival
        came = self._came(target, path)
        if came.guid != sent.guid:
            raise Failed("%s was received, but is not what was sent" % path)
        arrival.snapshot = came

    def _came(self, dataset: str, path: str) -> Snapshot:
        """Return what was received; raise Failed if it brought a manifest: those are ours."""
        with Asked(path) as asked:
            datasets.seal(dataset)
            came = asked.snapshot()
        if came.manifest:
            self.destroy(came)
            raise Failed(
                "%s came with a manifest of its own, and was taken away again: "
                "whoever sent it is none of our agents" % path
            )
        return came

    def parts(self) -> Parts | None:
        """Return what a stream that broke off left behind, where this ZFS can go on with it."""
        if not features.here().resume:
            return None
        for dataset in (self.incoming, self.dataset):
            told = (datasets.properties(dataset, _TO_RESUME) or {}).get(_TO_RESUME, "-")
            if told != "-":
                return Parts(dataset, resumetoken.parse(told))
        return None

    def receive_rest(self, blocks: Iterable[bytes], parts: Parts) -> None:
        """Receive what lacks of a stream that broke off."""
        path = "%s@%s" % (parts.dataset, parts.token.snapshot)
        with self._listed.changing():
            stream.receive(blocks, path, stream.KEEP_PARTS)
        self._came(parts.dataset, path)

    def abandon(self, parts: Parts) -> None:
        """Take away what came of a stream that broke off."""
        self._change("receive", "-A", parts.dataset)

    def promote(self, moment: str) -> str:
        """Put what came in in the chain's place; return the name of the chain set aside, if any."""
        if not datasets.exists(self.incoming):
            raise Failed("%s is gone: what had come was removed meanwhile" % self.incoming)
        aside = ""
        if datasets.exists(self.dataset):
            aside = self._aside(moment)
            self._change("rename", self.dataset, aside)
        self._change("rename", self.incoming, self.dataset)
        return aside

    def aside_of(self, snapshot: Snapshot) -> str:
        """Return the name of the chain that a snapshot took the place of, nothing if of none."""
        aside = self._aside(snapshot.name.rpartition("-")[2])
        return aside if aside in self._listed.known().datasets else ""

    def _aside(self, moment: str) -> str:
        return "%s.%s" % (self.dataset, moment)

    @contextlib.contextmanager
    def marking(self, name: str, manifest: str) -> Iterator[None]:
        """Put a copy of a backup's manifest on its snapshot, while the block goes on."""
        path = "%s@%s" % (self.dataset, name)
        with self._listed.changing(), snapshots.marking(path, manifest) as marking:
            yield
            marking.output()

    def unmark(self, snapshot: Snapshot) -> None:
        """Take the copy of a manifest from a snapshot."""
        self._change("inherit", snapshots.MANIFEST, snapshot.path)

    def discard_incoming(self) -> None:
        """Remove what a broken run left of a full stream; one with snapshots stays."""
        # Asked once more: a mark of several lines may speak of what is not there.
        if self.incoming in self._listed.known().datasets and snapshots.of(self.incoming) == []:
            self._change("destroy", self.incoming)

    def destroy(self, snapshot: Snapshot) -> None:
        """Destroy one snapshot; with the last goes its dataset, if unwritten and none is below."""
        there, found = self._listed.known().datasets, self._of(snapshot.dataset)
        place = [each.guid for each in found].index(snapshot.guid)
        # A head newer than its newest snapshot would refuse the next stream as modified.
        if place < len(found) - 1 or not datasets.untouched(snapshot):
            self._change("destroy", snapshot.path)
        elif place:
            self._change("rollback", "-r", found[place - 1].path)
        else:
            self._change("destroy", snapshot.path)
            if not any(name.startswith(snapshot.dataset + "/") for name in there):
                self._change("destroy", snapshot.dataset)

    def _of(self, dataset: str) -> list[Snapshot]:
        return [each for each in self._listed.known().snapshots if each.dataset == dataset]

    def _change(self, *words: str) -> None:
        with self._listed.changing():
            command.run(*words)


def _below(dataset: str, path: str) -> str:
    return "%s/%s" % (dataset, path) if path else dataset

"""Source `zfs`: a filesystem or volume, read from a snapshot that is held until it is replaced.

Must not: touch a snapshot that does not bear our marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed, complain
from holdfast.agent.restoring import staging
from holdfast.agent.zfs import datasets, snapshots

if TYPE_CHECKING:
    from holdfast.agent.definition import Source
    from holdfast.agent.zfs.command import Started
    from holdfast.agent.zfs.datasets import Kind
    from holdfast.agent.zfs.snapshots import Asked, Snapshot

_PATIENCE = 5.0  # seconds for a hold to end, where nobody needs it any more


def _settle(dataset: str) -> str:
    """Bring a restore that was killed to an end; return what is to be told of that."""
    left = staging.settle(dataset)
    left = left and "%s: %s" % (dataset, left)
    if left:
        complain(left)  # should nothing come of the run
    return left


def _checked(dataset: str, told: Kind | None) -> Kind:
    """Return what a dataset is; raise Failed unless it is one that can be backed up."""
    if told is None:
        hint = "bring it back (is its pool imported?), or correct the disk in the inventory"
        raise Failed("dataset %s does not exist on this node: %s" % (dataset, hint))
    if told.type not in ("filesystem", "volume"):
        raise Failed("%s is a %s: only datasets are backed up" % (dataset, told.type))
    return told


class Zfs:
    """A dataset, maybe with those below it, and the snapshots that one keeper has there.

    `owners` are the inventory's ids and `keepers` the keeper's names, the present ones first.
    """

    def __init__(self, source: Source, owners: tuple[str, ...], keepers: tuple[str, ...]) -> None:
        self.dataset = dataset = source.place
        self._scope = (snapshots.RECURSIVE,) if source.recursive else ()
        self._owners = owners
        self._keepers = keepers
        self._listed: tuple[Snapshot, ...] | None = None
        self._holding: Started | None = None
        self.settled = ""
        with self._ask() as asked:
            there = datasets.kinds(staging.root(dataset), dataset)
            if staging.root(dataset) in there:
                self.settled = _settle(dataset)
                there = datasets.kinds(dataset)
            else:
                self._listed = self._read(asked)
        told = _checked(dataset, there.get(dataset))
        self.guid = told.guid
        # A plain send would put on the storage in the clear what is not so on the source.
        self.is_encrypted = told.is_encrypted
        if self._scope and not datasets.is_alike_below(dataset, "encryption"):
            raise Failed(
                "some datasets of %s are encrypted by ZFS and some are not: one backup of all of "
                "them is raw or it is not; give them disks of their own" % dataset
            )

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot of the dataset, whosever it is, oldest first.

        Of a recursive one also those of the datasets below it. What was listed is told again until
        something is taken or let go of here.
        """
        if self._holding is not None:
            self._holding.wait(_PATIENCE)  # one that came after its release would stop the destroy
        if self._listed is None:
            with self._ask() as asked:
                self._listed = self._read(asked)
        if self._listed is None:
            raise Failed("dataset %s was destroyed meanwhile" % self.dataset)
        return self._listed

    def _ask(self) -> Asked:
        return snapshots.Asked(self.dataset, None if self._scope else 1)

    def _read(self, asked: Asked) -> tuple[Snapshot, ...] | None:
        """Return what was listed; None: no such dataset."""
        found = asked.listing()
        if found is None:
            return None
        return tuple(
            each for each in found.snapshots if self._scope or each.dataset == self.dataset
        )

    def kept(self) -> tuple[Snapshot, ...]:
        """Return the snapshots that bear the marks of this keeper, oldest first."""
        return tuple(
            snapshot
            for snapshot in self.snapshots()
            if snapshot.keeper in self._keepers and snapshot.inventory in self._owners
        )

    def make(self, name: str) -> None:
        """Make a snapshot; it is held before long, which `held` waits for."""
        self.close()
        owner, keeper = self._owners[0], self._keepers[0]
        self._listed = None
        self._holding = snapshots.make(self.dataset, name, owner, keeper, *self._scope)

    def made(self, name: str) -> Snapshot:
        """Return the snapshot that was just made."""
        with snapshots.Asked("%s@%s" % (self.dataset, name)) as asked:
            return asked.snapshot()

    def hold(self, snapshot: Snapshot) -> None:
        """Begin to hold what was made once and may have none yet."""
        self.close()
        self._holding = snapshots.holding(snapshot.path)

    def held(self) -> None:
        """Wait until what was made is held; raise Failed where it cannot be."""
        if self._holding is not None:
            snapshots.confirm(self._holding)

    def interrupt(self) -> None:
        """Wait for no hold any more."""
        if self._holding is not None:
            self._holding.kill()

    def close(self) -> None:
        """Let the hold come to its end, so that what stays to be gone on with is held."""
        if self._holding is not None:
            with self._holding as holding:
                self._holding = None
                holding.wait(_PATIENCE)

    def release_all_but(self, *needed: str) -> None:
        """Let go of this keeper's snapshots whose GUIDs are not needed.

        Raises Failed, when all others are gone, where one cannot go: one that is cloned, or held.
        """
        faults: list[str] = []
        for snapshot in self.kept():
            if snapshot.guid not in needed:
                self._listed = None
                try:
                    snapshots.drop(snapshot)
                except Failed as failure:
                    faults.append(str(failure))
        if faults:
            raise Failed("; ".join(faults))

"""The dataset that a restore goes to: received beside it, switched by renames or not at all."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Iterable, Iterator

from holdfast.agent import child
from holdfast.agent.failure import Failed, complain
from holdfast.agent.restoring import brought, kept, occupied, staging
from holdfast.agent.zfs import datasets, diskmark, snapshots, stream

if TYPE_CHECKING:
    from holdfast.agent.restoring.goal import Goal
    from holdfast.agent.zfs.snapshots import Snapshot
    from holdfast.agent.zfs.stream import Receiving


UNCHANGED, UNFINISHED = 1, 2  # how a switch ends that fails before, or after, the new is in place


class Dataset:
    """A name that is to hold the restored data; what lies there is replaced only if that is said.

    Use it as `with target.prepared()`: without a switch nothing of the new dataset stays.
    """

    def __init__(self, goal: Goal, lock: int) -> None:
        """`lock` is held on the target; what switches holds it too, should we be killed."""
        self.name = dataset = goal.place
        self.told = ""
        self._replaces = goal.replaces
        self._lock = lock
        self._new = staging.place(dataset)

    @contextlib.contextmanager
    def prepared(self) -> Iterator[Dataset]:
        """Look that the target may be written, and give it to be filled."""
        parent = self.name.rpartition("/")[0]
        if not parent:
            raise Failed("%s is a whole pool: restore to a dataset in it" % self.name)
        if not datasets.exists(parent):
            raise Failed("there is no dataset %s to put %s in" % (parent, self.name))
        self.told = staging.settle(self.name)
        try:
            self._look()
            staging.make(self.name)
            yield self
        except Failed as failure:
            failure.add(self.told, self._settled())
            raise
        except BaseException:
            self._settled()
            raise
        staging.settle(self.name)

    def _settled(self) -> str:
        """Bring to an end what goes wrong already; return what of that is to be told."""
        try:
            return staging.settle(self.name)
        except Failed as failure:
            return str(failure)

    @contextlib.contextmanager
    def filling(self, path: str) -> Iterator[Receiving]:
        """Give what takes the next stream: a full one first, an increment upon it after that.

        Each path below the target is a dataset of its own.
        """
        with stream.receiving(self._at(path), *brought.excluding()) as into:
            yield into

    def refuse_unasked(self, paths: Iterable[str]) -> None:
        """Raise Failed where a stream made datasets beside those that it was to fill."""
        unasked = sorted(datasets.children(self._new) - set(paths))
        if unasked:
            raise Failed("the streams brought a dataset that is not of the backup: %s" % unasked[0])

    def received(self, path: str) -> list[Snapshot]:
        """Return the snapshots that came to a path, oldest first."""
        return snapshots.of(self._at(path)) or []

    def _at(self, path: str) -> str:
        return "%s/%s" % (self._new, path) if path else self._new

    def mark(self, disk: str) -> None:
        """Put down which disk the new dataset holds, by its GUID, where that is known."""
        if disk:
            diskmark.put(self._new, disk)

    def switch(self) -> None:
        """Make the new dataset the target: it is proven by then, and nobody uses the old one."""
        undone, shrunk = brought.drop(self._new), ""
        if self._look():
            occupied.refuse_others(self.name, self._new)
            occupied.refuse_smaller(self.name, self._new)
            shrunk = occupied.shrunk(self.name, self._new)
            refused = kept.take_over(self.name, self._new)
            if refused:
                raise Failed("%s; nothing was changed" % "; ".join(refused))
        word = staging.REPLACE if self._replaces else staging.NEW
        # In a process of its own, which a kill of this one does not touch: between the two renames
        # there is no target.
        with subprocess.Popen(
            child.command("switch", word, self.name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            pass_fds=(self._lock,),
        ) as process:  # which waits for it, and kills it for nothing that ends us
            out, err = process.communicate()
        if process.returncode:
            raise Failed(_why(process.returncode, err))
        self.told = "; ".join(filter(None, (self.told, shrunk, undone, out.strip())))

    def _look(self) -> bool:
        """Tell whether something lies there; raise Failed unless it may be replaced."""
        if not datasets.exists(self.name):
            return False
        if not self._replaces:
            raise Failed("%s is there already: a restore to a dataset makes a new one" % self.name)
        occupied.refuse_users(self.name)
        return True


def _why(code: int, said: str) -> str:
    """Return what is to be told of a switch that ended early."""
    why = said.strip().partition(": ")[2]
    if code == UNCHANGED:
        return "%s; nothing was changed" % why
    return "putting the restored data in place ended early (%s): look which data is there" % (
        why or "exit status %d" % code
    )


def switch(word: str, dataset: str) -> int:
    """Do what needs a process of its own; say on stdout what a person should know of it."""
    try:
        staging.switch(dataset, word)
    except staging.Unfinished as failure:
        complain(failure)
        return UNFINISHED
    except Failed as failure:
        complain(failure)
        return UNCHANGED
    try:
        sys.stdout.write(staging.finish(dataset))
        staging.clear(dataset)
    except Failed as failure:
        complain(failure)
        return UNFINISHED
    return 0

"""One backup that is to go, its manifest under a name that no list shows: all of it, or none yet.

Of several snapshots nothing goes before all can. Once any is gone, it never is a backup again.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.backups import state
from holdfast.agent.failure import Failed, Unfinished
from holdfast.agent.stores import partial
from holdfast.agent.zfs import kept, snapshots

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.stores.chain import Chain
    from holdfast.agent.zfs.snapshots import Snapshot


class Stays(Failed):
    """Nothing of the backup went, and it is one as before."""


class Going:
    """A backup's snapshots in a chain, and its manifest, which is called `name` meanwhile."""

    def __init__(self, chain: Chain, folder: str, gone: Manifest, name: str) -> None:
        self._chain = chain
        self._gone = gone
        self._manifest = os.path.join(folder, gone.backup + partial.MANIFEST)
        self._folder = folder
        self._said = os.path.join(folder, gone.backup + partial.STATE)
        self._path = os.path.join(folder, name)

    def begin(self) -> None:
        """Remove it, that is still a backup; raise Stays or Unfinished where not all can go."""
        whole = len(_guids(self._there()))  # fewer than its manifest tells if it has lost some
        os.rename(self._manifest, self._path)
        atomic.sync_folder(os.path.dirname(self._path))
        self._finish(whole)

    def go_on(self) -> None:
        """Remove what there is of it yet; raise Stays or Unfinished where not all can go."""
        self._finish(len(self._gone.guids))

    def _finish(self, whole: int) -> None:
        """Remove it; `whole` is how many snapshots there are as long as none of it went."""
        there = self._there()
        try:
            # What is locked nobody of us gives such a name; its hold would go with it.
            state.refuse_locked(self._folder, self._gone.backup, datetime.now(timezone.utc))
            # The hold of a lock that has ended. One without its state may be of a lock in force.
            if state.load(self._folder, self._gone.backup).locks:
                for each in there:
                    snapshots.release(each.path, snapshots.LOCK)
            self._refuse_kept(there, whole)
            for each in there:
                self._chain.destroy(each)
        except Failed as failure:
            raise self._hindered(whole, failure) from failure
        atomic.remove(self._said)
        atomic.remove(self._path)  # last: it is what tells that the others are to go

    def _there(self) -> list[Snapshot]:
        """Return its snapshots, the deepest first."""
        there = [each for each in self._chain.snapshots() if each.guid in self._gone.guids]
        return sorted(there, key=lambda each: -each.dataset.count("/"))

    def _refuse_kept(self, there: list[Snapshot], whole: int) -> None:
        """Raise Failed where one of several is kept and none went; of one alone ZFS says it."""
        if len(there) > 1 and len(_guids(there)) == whole:
            why = kept.why(*(each.path for each in there))
            if why:
                raise Failed(why)

    def _hindered(self, whole: int, failure: Failed) -> Failed:
        """Return what is told of what cannot go now; the manifest is back where none of it went."""
        left = self._there()
        if len(_guids(left)) == whole:
            os.rename(self._path, self._manifest)
            atomic.sync_folder(os.path.dirname(self._path))
            return Stays("%s; until then it stays as it is" % self._why(left, failure))
        for each in left:
            if each.manifest:  # a run would enter it as a backup by that
                self._chain.unmark(each)
        return Unfinished(
            "%s is removed in part, the next run of its definition goes on: %s"
            % (self._gone.backup, self._why(left, failure))
        )

    def _why(self, left: list[Snapshot], failure: Failed) -> str:
        return kept.why(*(each.path for each in left)) or str(failure)


def _guids(there: list[Snapshot]) -> set[str]:
    return {each.guid for each in there}

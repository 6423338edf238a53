"""A disk as the session of another node may use it: to read its content, or its snapshots.

Must not: tell one keeper of another's snapshots more than that they are there.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator, Protocol

from holdfast.agent.failure import Failed
from holdfast.agent.sources import here

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.freeze.around import Freeze
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.grant import Grant
    from holdfast.agent.peers.outlet import Outlet
    from holdfast.agent.zfs.snapshots import Snapshot

_MOMENT = frozenset("0123456789_")


class Disk(Protocol):
    """What a session may ask of a disk once it has claimed it."""

    def answer(self, do: str, given: Fields, out: Outlet) -> None:
        """Follow one request."""


class Content(contextlib.ExitStack):
    """An image that is read whole, once: `open`, then `read`."""

    def __init__(self, layout: Layout, granted: Grant) -> None:
        super().__init__()
        self._layout = layout
        self._granted = granted
        self._disk: here.Opened | None = None

    def answer(self, do: str, given: Fields, out: Outlet) -> None:
        """Open the disk, frozen for that moment; or send its content."""
        if do == "open" and self._disk is None:
            self._disk = disk = self.enter_context(here.opened(self._layout, self._granted))
            told = {"suffix": disk.suffix, "guid": disk.guid, "size": disk.size}
            out.answer({**told, **_told(disk.freeze)})
        elif do == "read" and self._disk is not None:
            disk, self._disk = self._disk, None
            with disk.flow(self._granted.recipe, _ignore) as flow:
                out.stream(flow, lambda: {"consistency": disk.consistency, "doubt": disk.doubt})
        else:
            raise given.refusal("do", "open, then read")


class Snapshots(contextlib.ExitStack):
    """A dataset whose snapshots are sent; one that nobody can get now goes with the session."""

    def __init__(
        self, layout: Layout, granted: Grant, owners: tuple[str, ...], keepers: tuple[str, ...]
    ) -> None:
        from holdfast.agent.sources import sending  # noqa: PLC0415 - few nodes have ZFS

        super().__init__()
        self._granted = granted
        self._origin = self.enter_context(sending.origin(layout, granted, owners, keepers))
        self._unsent: set[str] = set()
        self.callback(self._release_unsent)

    def answer(self, do: str, given: Fields, out: Outlet) -> None:
        """List, take, send or let go of snapshots."""
        if do == "snapshots":
            names = ("guid", "disk", "raw", "resumes", "estimates", "settled")
            told = {name: getattr(self._origin, name) for name in names}
            out.answer({**told, "snapshots": list(self._listed())})
        elif do == "take":
            name = given.text("name")
            if not _is_of(name, self._granted.name):
                raise given.refusal("name", "a snapshot's of %s" % self._granted.name)
            taken = self._origin.take(name)
            self._unsent.add(taken.snapshot.guid)
            out.answer({"snapshot": taken.snapshot._asdict(), **_told(taken.freeze)})
        elif do == "release":
            out.answer({"stuck": self._release_all_but(*given.texts("needed"))})
        elif do == "estimate":
            out.answer({"size": self._origin.estimate(*self._asked(given))})
        elif do == "send":
            self._send(given, out)
        elif do == "resume":
            with self._origin.resuming(given.text("token"), self._granted.recipe) as flow:
                out.stream(flow, dict)
        else:
            raise given.refusal("do", "snapshots, take, release, estimate, send or resume")

    def _release_all_but(self, *needed: str) -> str:
        """Let go of snapshots; return what hinders that: it is no reason to end the session."""
        try:
            self._origin.release_all_but(*needed)
        except Failed as failure:
            return str(failure)
        return ""

    def _listed(self) -> Iterator[dict[str, object]]:
        own = {snapshot.guid for snapshot in self._origin.kept()}
        for snapshot in self._origin.snapshots():
            if snapshot.guid in own:
                yield snapshot._asdict()
            else:
                yield snapshot._replace(inventory="", keeper="", manifest="")._asdict()

    def _asked(self, given: Fields) -> tuple[Snapshot, Snapshot | None]:
        """Return the snapshot of the peer's own that it asks for, and what it has already."""
        wanted, since = given.text("snapshot"), given.text_or_none("base")
        base = None if since is None else _of_guid(self._origin.snapshots(), since)
        return _of_guid(self._origin.kept(), wanted), base

    def _send(self, given: Fields, out: Outlet) -> None:
        snapshot, base = self._asked(given)
        if self._origin.resumes:
            self._unsent.discard(snapshot.guid)  # the next session may go on with it
        with self._origin.sending(snapshot, base, self._granted.recipe) as flow:
            out.stream(flow, dict)
        self._unsent.discard(snapshot.guid)

    def _release_unsent(self) -> None:
        """Let go of what nobody has got; a source that is no more has nothing to let go of."""
        with contextlib.suppress(Failed):
            if self._unsent:
                kept = {snapshot.guid for snapshot in self._origin.kept()}
                self._origin.release_all_but(*(kept - self._unsent))


def _is_of(snapshot: str, name: str) -> bool:
    """Tell whether a snapshot's name is a definition's own name with a moment."""
    stem, _, moment = snapshot.rpartition("-")
    return stem == name and bool(moment) and _MOMENT.issuperset(moment)


def _ignore(_done: int) -> None:
    """Tell nobody: the frames of progress do."""


def _of_guid(candidates: tuple[Snapshot, ...], guid: str) -> Snapshot:
    for snapshot in candidates:
        if snapshot.guid == guid:
            return snapshot
    raise Failed("the snapshot with GUID %s is no more, or is none of yours" % guid[:20])


def _told(freeze: Freeze) -> dict[str, object]:
    return {"freeze": {"word": freeze.word, "note": freeze.note}}

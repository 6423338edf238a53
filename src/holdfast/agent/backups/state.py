"""What people and checks say of a backup after it was made: `<backup>.state.json` beside it.

A state that cannot be read counts as a lock that never ends: nobody can say that there is none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Mapping, NamedTuple

from holdfast.agent import atomic, canonical, fields, timestamp
from holdfast.agent.failure import Failed, Malformed

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.fields import Fields

SUFFIX = ".state.json"
_SUM = "sha256"  # of all else, so that no flipped bit moves the end of a lock
HAND, INVENTORY = "hand", "inventory"
_MEMBERS = {"locks", "note", "verified", _SUM}


class Lock(NamedTuple):
    """A mark that keeps a backup; without an end it holds for ever."""

    reason: str
    until: datetime | None
    origin: str = HAND
    owner: str = ""

    def holds(self, now: datetime) -> bool:
        """Tell whether the lock is in force."""
        return self.until is None or now < self.until

    def to_document(self) -> dict[str, object]:
        """Return the JSON value that stands under the lock's origin."""
        until = None if self.until is None else timestamp.to_text(self.until)
        return {"reason": self.reason, "until": until, "owner": self.owner}


class Verified(NamedTuple):
    """When all bytes were last read again, and what was wrong with them, if anything."""

    at: datetime
    fault: str = ""


class State(NamedTuple):
    """Locks, at most one of each origin; a note; the last verification."""

    locks: tuple[Lock, ...] = ()
    note: str = ""
    verified: Verified | None = None
    fault: str = ""  # why the state cannot be read

    @property
    def lock(self) -> Lock | None:
        """The lock that holds longest."""
        endless = [lock for lock in self.locks if lock.until is None]
        ending = sorted((lock.until, lock) for lock in self.locks if lock.until is not None)
        return endless[0] if endless else ending[-1][1] if ending else None

    def of(self, origin: str) -> Lock | None:
        """Return the lock of one origin."""
        return next((lock for lock in self.locks if lock.origin == origin), None)

    def locked(self, origin: str, lock: Lock | None) -> State:
        """Return the state with another lock of an origin, or none."""
        others = tuple(each for each in self.locks if each.origin != origin)
        return self._replace(locks=others if lock is None else (*others, lock))


def load(folder: str, backup: str) -> State:
    """Return the state of a backup; one that cannot be read is locked and says why."""
    try:
        return read(folder, backup)
    except Malformed as error:
        fault = "%s (`backup unlock` puts a new one in its place)" % error
        return State(locks=(Lock("its state cannot be read", None),), fault=fault)


def read(folder: str, backup: str) -> State:
    """Return the state of a backup; raise Malformed for what is none of ours."""
    given = fields.load(os.path.join(folder, backup + SUFFIX), "state of " + backup)
    if given is None:
        return State()
    unknown = sorted(set(given.document) - _MEMBERS)
    if unknown:
        raise given.refusal(unknown[0], "absent: this agent does not know it")
    if _SUM in given.document and given.document[_SUM] != _sum(given.document):
        raise given.refusal(_SUM, "that of what was written: it was altered")
    try:
        locks = given.inner("locks") if "locks" in given.document else None
        return State(
            () if locks is None else tuple(_lock(locks, name) for name in sorted(locks.document)),
            given.text("note") if "note" in given.document else "",
            _verified(given.inner("verified")) if given.document.get("verified") else None,
        )
    except ValueError as error:
        raise Malformed("state of %s: %s" % (backup, error)) from None


def refuse_locked(folder: str, name: str, now: datetime) -> None:
    """Raise Failed for a backup, given by its full name, with a lock in force."""
    lock = load(folder, name.rpartition("/")[2]).lock
    if lock is None or not lock.holds(now):
        return
    until = "" if lock.until is None else " until " + timestamp.to_text(lock.until)
    raise Failed(
        "%s is locked%s (%s, by %s): unlock it first" % (name, until, lock.reason, lock.origin)
    )


def write(folder: str, backup: str, state: State) -> None:
    """Put a state down, durably; one that says nothing leaves no file."""
    path = os.path.join(folder, backup + SUFFIX)
    document: dict[str, object] = {}
    if state.locks:
        document["locks"] = {lock.origin: lock.to_document() for lock in state.locks}
    if state.note:
        document["note"] = state.note
    if state.verified is not None:
        at, fault = state.verified
        document["verified"] = {"at": timestamp.to_text(at), "fault": fault}
    if document:
        document[_SUM] = _sum(document)
        atomic.write(path, canonical.dumps(document) + "\n")
    else:
        atomic.remove(path)


def _sum(document: Mapping[str, object]) -> str:
    return canonical.digest({name: document[name] for name in document if name != _SUM})


def _lock(given: Fields, origin: str) -> Lock:
    if origin not in (HAND, INVENTORY):
        raise given.refusal(origin, "absent: no such origin")
    lock = given.inner(origin)
    until = lock.text_or_none("until")
    end = None if until is None else timestamp.from_text(until)
    return Lock(lock.text("reason"), end, origin, lock.text("owner"))


def _verified(given: Fields) -> Verified:
    return Verified(timestamp.from_text(given.text("at")), given.text("fault"))

"""Locks and notes by hand: what a person says of a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator

from holdfast.agent import timestamp
from holdfast.agent.acts import lockable, locklimit, shelf, unreadable
from holdfast.agent.backups import claim, state
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.acts.shelf import Found, Lying
    from holdfast.agent.backups.state import State
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

LONGEST = 128


def lock(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:
    """Lock a backup by hand; a lock by hand that is there already gets the new reason and end."""
    given = Fields(op.arguments, "lock")
    reason, until = _line(given, "reason"), given.text_or_none("until")
    end = None if until is None else _instant(given, until)
    owner = "%s@%s" % (asked.by.get("user", "?"), asked.by.get("host", "?"))
    mark = state.Lock(reason, end, state.HAND, owner[:LONGEST])
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_foreign()
    locklimit.refuse(found)
    yield _changed(found, lambda said: _readable(said).locked(state.HAND, mark))


def unlock(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Take the lock by hand away; one that the inventory asks for is taken out there.

    A state that cannot be read, which counts as a lock, is replaced by an empty one; where it is
    lost the hold of a snapshot still is a lock. What has no manifest that can be read is unlocked,
    too: it could not be deleted else.
    """
    there = shelf.look(survey, op.storage, op.backup)
    unreadable.refuse_foreign(there)
    yield _changed(there, lambda said: _unlocked(there, said))


def _unlocked(there: Lying, said: State) -> State:
    if said.fault:
        return state.State()
    if said.of(state.HAND) is not None:
        return said.locked(state.HAND, None)
    if said.of(state.INVENTORY) is not None:
        hint = "take it out of the inventory's `locks`"
        raise Failed("%s has no lock by hand: %s" % (there.backup.name, hint))
    if not lockable.let_go(there):
        raise Failed("%s has no lock by hand" % there.backup.name)
    return said


def note(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Put a note beside a backup; an empty one takes it away."""
    given = Fields(op.arguments, "note")
    text = _line(given, "text") if given.text("text") else ""
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_foreign()
    yield _changed(found, lambda said: _readable(said)._replace(note=text), _put)


def _put(there: Found | Lying, said: State) -> None:
    """Put down what changes no lock, so no hold of one either."""
    state.write(there.folder, there.backup.name.rpartition("/")[2], said)


def _changed(
    there: Found | Lying,
    change: Callable[[State], State],
    write: Callable[[Found | Lying, State], None] = lockable.write,
) -> dict[str, object]:
    full = there.backup.name
    with claim.held(there.layout, there.place, full, claim.MARK):
        # Read again: it may have changed since it was found, and now nobody else writes.
        write(there, change(state.load(there.folder, full.rpartition("/")[2])))
    return {"type": "result", "backup": full}


def _readable(said: State) -> State:
    """Return a state to be changed; raise Failed where what it said would be lost."""
    if said.fault:
        raise Failed(said.fault)
    return said


def _line(given: Fields, name: str) -> str:
    text = given.text(name)
    if not 0 < len(text) <= LONGEST or not text.isprintable():
        raise given.refusal(name, "one printable line of at most %d characters" % LONGEST)
    return text


def _instant(given: Fields, text: str) -> datetime:
    try:
        return timestamp.from_text(text)
    except ValueError:
        raise given.refusal("until", "an instant such as 2027-11-02T00:00:00Z") from None

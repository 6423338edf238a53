"""Locks and notes by hand: what a person says of a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator

from holdfast.agent import timestamp
from holdfast.agent.acts import lockable, locklimit, shelf
from holdfast.agent.backups import claim, state
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.acts.shelf import Found
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
    locklimit.refuse(found)
    yield _changed(found, lambda said: _readable(said).locked(state.HAND, mark))


def unlock(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Take the lock by hand away; one that the inventory asks for is taken out there.

    A state that cannot be read, which counts as a lock, is replaced by an empty one; where it is
    lost the hold of a snapshot still is a lock.
    """
    found = shelf.find(survey, op.storage, op.backup)
    yield _changed(found, lambda said: _unlocked(found, said))


def _unlocked(found: Found, said: State) -> State:
    if said.fault:
        return state.State()
    if said.of(state.HAND) is not None:
        return said.locked(state.HAND, None)
    if said.of(state.INVENTORY) is not None:
        hint = "take it out of the inventory's `locks`"
        raise Failed("%s has no lock by hand: %s" % (found.name, hint))
    if not lockable.let_go(found):
        raise Failed("%s has no lock by hand" % found.name)
    return said


def note(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Put a note beside a backup; an empty one takes it away."""
    given = Fields(op.arguments, "note")
    text = _line(given, "text") if given.text("text") else ""
    found = shelf.find(survey, op.storage, op.backup)
    yield _changed(found, lambda said: _readable(said)._replace(note=text), _put)


def _put(found: Found, said: State) -> None:
    """Put down what changes no lock, so no hold of one either."""
    state.write(found.folder, found.manifest.backup, said)


def _changed(
    found: Found,
    change: Callable[[State], State],
    write: Callable[[Found, State], None] = lockable.write,
) -> dict[str, object]:
    found.refuse_foreign()
    with claim.held(found.layout, found.place, found.name, claim.MARK):
        # Read again: it may have changed since it was found, and now nobody else writes.
        write(found, change(state.load(found.folder, found.manifest.backup)))
    return {"type": "result", "backup": found.name}


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

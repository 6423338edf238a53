"""Locks that the inventory asks for; those by hand are none of its business and are left alone.

Each stands in the state beside its backup. `locks.json` says which there are, so that a read need
not look at every backup.
"""

from __future__ import annotations

import json
import os
import time

from holdfast.agent import lines

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.acts.shelf import Found, Lying
    from holdfast.agent.backups.state import Lock
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey

    Attributes = dict[str, object]


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the locks by the names of their backups, and which backups are gone."""
    from_index = _index(survey)
    if not from_index:
        return {}, []
    found: dict[str, object] = {}
    problems = []
    for name, known in from_index.items():
        attributes, fault = _look(survey, name, known)
        if attributes is not None:
            found[name] = attributes
        if fault:
            problems.append(lines.problem("lock", name, fault, severity="warning"))
    return found, problems


def drops(survey: Survey, name: str) -> list[dict[str, object]]:
    """Return the backup if rotation would remove it once its lock is gone."""
    from holdfast.agent.backups import points, stock, vouching  # noqa: PLC0415 - few locks are asked about
    from holdfast.agent.jobs import rotation  # noqa: PLC0415

    source, _, backup = name.rpartition("/")
    identity = backup[: -len("-YYYYMMDD_HHMMSS")] + "@" + source
    for wanted in stock.promised(survey)[0]:
        if identity in (wanted.id, *wanted.was):
            held = vouching.vouched(survey.layout, stock.own(survey.layout, wanted))
            own = rotation.candidates(held, _now())
            freed = [it._replace(locked=False) if it.name == backup else it for it in own]
            decided = points.keep(wanted.id, freed, wanted.retention, wanted.timezone)
            gone = {decision.name for decision in decided if not decision.kept}
            told = stock.of_definition(survey, wanted.id, wanted.place)
            return [line for line in told if line["backup"] in gone & {backup}]
    return []


def apply(survey: Survey, op: Op) -> None:
    """Lock a backup, or take the lock away."""
    from holdfast.agent.acts import lockable, locklimit, shelf  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.backups import claim, state  # noqa: PLC0415

    index = _index(survey)
    mark = None if op.after is None else _lock(op)
    storage = str(index.get(op.name, {}).get("storage") or "")
    there: Found | Lying | None
    if mark is None:
        there = _lying(survey, storage, op.name)
    else:
        there = found = shelf.anywhere(survey, op.name)
        found.refuse_foreign()
        locklimit.refuse(found)
    if there is not None:
        with claim.held(survey.layout, there.place, op.name, claim.MARK):
            said = state.read(there.folder, op.name.rpartition("/")[2])
            lockable.write(there, said.locked(state.INVENTORY, mark))
        storage = there.storage
    index.pop(op.name, None)
    if op.after is not None:
        index[op.name] = {**op.after, "storage": storage}
    _record(survey, index)


def _look(survey: Survey, name: str, known: Attributes) -> tuple[Attributes | None, str]:
    """Return the lock of a backup as it is there, and what is wrong."""
    from holdfast.agent.acts import shelf  # noqa: PLC0415 - most nodes have no locks
    from holdfast.agent.backups import state  # noqa: PLC0415
    from holdfast.agent.failure import Failed  # noqa: PLC0415

    recorded = {key: value for key, value in known.items() if key != "storage"}
    try:
        found = shelf.find(survey, str(known.get("storage")), name)
    except shelf.Absent as error:
        # One that has ended has nothing left to keep: it is as it should be.
        until = recorded.get("until")
        ended = isinstance(until, str) and until <= time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime()
        )
        return (recorded, "") if ended else (None, "locked, but gone: %s" % error)
    except Failed as error:
        return recorded, "cannot be looked at: %s" % error
    said = found.backup.state
    if said.fault:
        return {"damaged": said.fault}, ""
    lock = said.of(state.INVENTORY)
    return (None if lock is None else {**lock.to_document(), "origin": state.INVENTORY}), ""


def _lying(survey: Survey, storage: str, name: str) -> Lying | None:
    """Return where a backup of ours lies, be its manifest unreadable; None: nowhere any more."""
    from holdfast.agent.acts import shelf, unreadable  # noqa: PLC0415 - a read must not pay for it

    try:
        there = shelf.look(survey, storage, name)
    except shelf.Absent:
        return None
    unreadable.refuse_foreign(there)
    return there


def _lock(op: Op) -> Lock:
    from holdfast.agent import timestamp  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.backups import state  # noqa: PLC0415
    from holdfast.agent.fields import Fields  # noqa: PLC0415

    given = Fields(op.after, "lock " + op.name)
    given.one_of("origin", state.INVENTORY)
    until = given.text_or_none("until")
    try:
        end = None if until is None else timestamp.from_text(until)
    except ValueError:
        raise given.refusal("until", "an instant such as 2027-11-02T00:00:00Z") from None
    return state.Lock(given.text("reason"), end, state.INVENTORY, given.text("owner"))


def _now() -> datetime:
    from datetime import datetime, timezone  # noqa: PLC0415 - few locks are asked about

    return datetime.now(timezone.utc)


def _path(survey: Survey) -> str:
    return os.path.join(survey.layout.etc, "locks.json")


def _index(survey: Survey) -> dict[str, Attributes]:
    """Return the attributes last written for each backup; what is damaged is written anew."""
    try:
        with open(_path(survey), "rb") as file:
            document = json.loads(file.read())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {name: known for name, known in document.items() if isinstance(known, dict)}


def _record(survey: Survey, index: dict[str, Attributes]) -> None:
    from holdfast.agent import atomic, canonical  # noqa: PLC0415 - a read must not pay for it

    if index:
        atomic.write(_path(survey), canonical.dumps(index) + "\n")
    else:
        atomic.remove(_path(survey))

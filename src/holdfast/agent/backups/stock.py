"""What backups the storages hold, as lines of an answer. Must not: change anything.

A storage that cannot be seen is a problem, never an empty list.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import definition, lines, stores, timestamp
from holdfast.agent.backups import belonging, claim, folders, listing, marker, vouching
from holdfast.agent.backups.appliance import Appliance
from holdfast.agent.backups.ownership import Ownership
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import settings
from holdfast.agent.kinds import storage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.setup.survey import Survey


def of_definition(survey: Survey, identity: str, place: str) -> list[dict[str, object]]:
    """Return a definition's own backups at a place; raise Failed if none can be told.

    The place is its own, or the one that it would move to: what lies there is what it would rotate.
    """
    wanted = definition.load(survey.layout, identity)
    if wanted is None:
        return []
    found = own(survey.layout, wanted) if place == wanted.place else _at(survey, wanted, place)
    return [
        {
            "backup": backup.manifest.backup,
            "created": timestamp.to_text(backup.manifest.created),
            "size": backup.manifest.stored.size,
            "sequence": backup.manifest.sequence,
            "status": backup.status if backup.vouched else listing.LOST,  # as rotation counts it
            "locked": _is_locked(backup),
            "base": backup.manifest.base,
        }
        for backup in vouching.vouched(survey.layout, found)
        if backup.manifest is not None
    ]


def _at(survey: Survey, wanted: Definition, place: str) -> tuple[Backup, ...]:
    """Return what a definition would call its own in another storage; none where we have none."""
    owners = settings.load(survey.layout).owners
    known, _ = storage.read(survey)
    for name, attributes in known.items():
        if isinstance(attributes, dict) and attributes.get("place") == place:
            if attributes["marker"] != marker.OK:
                raise Failed("storage %s cannot be seen" % name)
            there = stores.backups(survey.layout, str(attributes["kind"]), place)
            return belonging.own(there, wanted, owners)
    return ()


def held(layout: Layout, attributes: dict[str, object]) -> dict[str, int]:
    """Return how many backups of this inventory lie in a storage, and their bytes."""
    owners = settings.load(layout).owners
    there = stores.backups(layout, str(attributes["kind"]), str(attributes["place"]))
    sizes = [
        backup.manifest.stored.size
        for backup in there
        if backup.manifest is not None and backup.manifest.inventory in owners
    ]
    return {"count": len(sizes), "size": sum(sizes)}


def own(layout: Layout, wanted: Definition) -> tuple[Backup, ...]:
    """Return the backups that are a definition's; raise Failed if its storage cannot be seen."""
    owners = settings.load(layout).owners
    return belonging.own(stores.find(layout, wanted, owners).backups(), wanted, owners)


def answer(
    survey: Survey, wanted_names: list[str] | None = None, expected: Iterable[str] = ()
) -> Iterator[dict[str, object]]:
    """Yield every backup of every storage of an inventory, whosever it is.

    Where names are asked for only those are told of, each with its whole manifest. `expected` are
    the storages that should be here.
    """
    storages, problems = storage.read(survey)
    yield from _missing(set(expected) - storages.keys())
    yield from problems
    known, problems = promised(survey)
    yield from problems
    ownership = Ownership(survey.layout, known)
    watched = claim.any_held(survey.layout)
    for name, attributes in storages.items():
        if not isinstance(attributes, dict) or attributes.get("marker") != marker.OK:
            continue
        place = survey.layout.under(str(attributes["place"]))
        try:
            held = stores.backups(survey.layout, str(attributes["kind"]), str(attributes["place"]))
        except Failed as failure:  # as of a dataset that went away meanwhile
            yield lines.problem("storage", name, str(failure))
            continue
        yield from _links(name, attributes["kind"], place)
        owned, vouch = ownership.among(held), vouching.Vouching(survey.layout, held)
        for backup in held:
            if wanted_names is not None and backup.name not in wanted_names:
                continue
            line = _line(name, vouch.of(backup))
            if watched and line["status"] == listing.OK:
                line["status"] = _doing(claim.seen(survey.layout, place, backup.name))
            if wanted_names is not None and backup.manifest is not None:
                line["manifest"] = json.loads(backup.manifest.to_text())
            yield {**line, **ownership.told(backup, owned.get(backup.name))}


def _missing(names: set[str]) -> Iterator[dict[str, object]]:
    """Yield a problem for each storage that nobody set up, or not anew."""
    for name in sorted(names):
        what = "it is not set up on this node, so what it holds is not told"
        yield lines.problem("storage", name, what, "apply the inventory")


def _links(name: str, kind: object, place: str) -> Iterator[dict[str, object]]:
    """Yield a warning for each link that hides from us what may be backups in a directory."""
    for path in folders.links(place) if kind == stores.DIRECTORY else ():
        what = "%s is a link: nothing behind it is looked at" % folders.printable(path)
        hint = "put the folder itself there"
        yield lines.problem("storage", name, what, hint, severity="warning")


def promised(survey: Survey) -> tuple[list[Definition], list[dict[str, object]]]:
    """Return the definitions here, typed, and a problem for each that is not as we write them."""
    found, problems = [], []
    for identity, attributes in survey.definitions.items():
        try:
            given = Fields(attributes, "definition " + identity)
            found.append(definition.from_fields(identity, given))
        except Malformed as error:
            problems.append(lines.problem("definition", identity, str(error), "apply it again"))
    return found, problems


def _line(place: str, backup: Backup) -> dict[str, object]:
    """Return what is told of a backup; all of it empty where its manifest cannot be read."""
    told, seen = backup.manifest, backup.state.verified
    return {
        "type": "backup",
        "name": backup.name,
        "storage": place,
        "definition": "" if told is None else told.definition,
        "status": backup.status,
        "created": "" if told is None else timestamp.to_text(told.created),
        "size": 0 if told is None else told.stored.size,
        "sha256": "" if told is None else told.stored.sha256,
        "locked": _is_locked(backup),
        "fault": backup.fault,
        "vouched": backup.vouched,
        "sequence": 0 if told is None else told.sequence,
        "base": None if told is None else told.base,
        "file": None if told is None else told.file,
        "consistency": "" if told is None else told.consistency,
        "freeze": None if told is None else told.freeze,
        **_machine(told),
        "locks": [{**lock.to_document(), "origin": lock.origin} for lock in backup.state.locks],
        "note": backup.state.note,
        "verified": None if seen is None else timestamp.to_text(seen.at),
    }


def _machine(told: Manifest | None) -> dict[str, str | None]:
    """Return which LoadMaster it was, and with what firmware; nothing of a disk."""
    of = None if told is None else told.subject
    if isinstance(of, Appliance):
        return {"firmware": of.firmware, "serial": of.serial}
    return {"firmware": None, "serial": None}


def _doing(word: str) -> str:
    """Return the status of a backup that somebody works on at this moment."""
    if not word:
        return listing.OK
    return "restore" if word == claim.RESTORE else "pending"


def _is_locked(backup: Backup) -> bool:
    return backup.lock is not None and backup.lock.holds(datetime.now(timezone.utc))

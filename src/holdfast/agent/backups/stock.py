"""What backups the storages hold, as lines of an answer. Must not: change anything.

A storage that cannot be seen is a problem, never an empty list.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import definition, lines, stores, timestamp
from holdfast.agent.backups import listing, marker
from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import rotation, settings
from holdfast.agent.kinds import storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.setup.survey import Survey


def of_definition(layout: Layout, identity: str) -> list[dict[str, object]]:
    """Return a definition's own backups as a plan needs them; raise Failed if none can be told."""
    wanted = definition.load(layout, identity)
    if wanted is None:
        return []
    return [
        {
            "backup": backup.manifest.backup,
            "created": timestamp.to_text(backup.manifest.created),
            "size": backup.manifest.stored.size,
            "sequence": backup.manifest.sequence,
            "status": backup.status,
            "locked": _is_locked(backup),
            "base": backup.manifest.base,
        }
        for backup in own(layout, wanted)
        if backup.manifest is not None
    ]


def own(layout: Layout, wanted: Definition) -> tuple[Backup, ...]:
    """Return the backups that are a definition's; raise Failed if its storage cannot be seen."""
    owners = settings.load(layout).owners
    return rotation.own(stores.find(layout, wanted, owners).backups(), wanted, owners)


def answer(survey: Survey) -> Iterator[dict[str, object]]:
    """Yield every backup of every storage of an inventory, whosever it is."""
    storages, problems = storage.read(survey)
    yield from problems
    known, problems = promised(survey)
    yield from problems
    owner = {former: wanted for wanted in known for former in (wanted.id, *wanted.was)}
    owners = settings.load(survey.layout).owners
    for name, attributes in storages.items():
        if not isinstance(attributes, dict) or attributes.get("marker") != marker.OK:
            continue
        for backup in listing.backups(survey.layout.under(str(attributes["place"]))):
            line = _line(name, backup)
            wanted = owner.get(str(line["definition"]))
            line["owned"] = wanted is not None and bool(rotation.own([backup], wanted, owners))
            yield line


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
    told = backup.manifest
    return {
        "type": "backup",
        "name": backup.name,
        "storage": place,
        "definition": "" if told is None else told.definition,
        "status": backup.status,
        "created": "" if told is None else timestamp.to_text(told.created),
        "size": 0 if told is None else told.stored.size,
        "sha256": "" if told is None else told.stored.sha256,
        "owned": False,
        "locked": _is_locked(backup),
        "fault": backup.fault,
    }


def _is_locked(backup: Backup) -> bool:
    return backup.lock is not None and backup.lock.holds(datetime.now(timezone.utc))

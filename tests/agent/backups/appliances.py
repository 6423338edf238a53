"""Manifests of a LoadMaster's backups, and the definition that they are of."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.desk import definition
from holdfast.agent import definition as definitions
from holdfast.agent.backups.appliance import Appliance, Archive, Part
from holdfast.agent.backups.manifest import Manifest
from holdfast.agent.backups.total import Sum
from holdfast.agent.definition import Definition, Source
from holdfast.agent.fields import Fields

ID = "nightly@lm-prg-1"
BACKUP = "nightly-20261121_010700"


def document(**changes: object) -> dict[str, object]:
    """Return the document of a LoadMaster's definition."""
    own = {
        "definition": "nightly",
        "loadmaster": "lm-prg-1",
        "source": {"kind": "loadmaster", "place": "lm-prg-1", "node": "bkp01"},
        "type": "loadmaster",
    }
    of_disks = ("server", "disk", "uuid")
    rest = {name: value for name, value in definition().items() if name not in of_disks}
    return {**rest, **own, **changes}


def typed(**changes: object) -> Definition:
    given = document(**changes)
    identity = "{definition}@{loadmaster}".format(**given)
    return definitions.from_fields(identity, Fields(given, identity))


def appliance(**changes: object) -> Appliance:
    archive = Archive(56, Sum("cc", 3), (), None, "")
    fixed = Appliance(
        "lm-prg-1", "1270001", "7.2.63.1", "lb-ham1", "Active", "1", "9f" * 32, archive
    )
    return fixed._replace(**changes)


def made(backup: str = BACKUP, **changes: object) -> Manifest:
    parts = (Part("parameters", backup + ".parameters.age", Sum("dd", 5), Sum("ee", 6)),)
    fixed = Manifest(
        backup=backup,
        inventory="prg",
        definition=ID,
        subject=appliance(parts=parts),
        source=Source("loadmaster", "lm-prg-1", "bkp01"),
        guid=None,
        sequence=17,
        kind="full",
        base=None,
        file=backup + ".lm.age",
        created=datetime(2026, 11, 21, 1, 7, tzinfo=UTC),
        duration=1.5,
        consistency="snapshot",
        content=Sum("aa", 4),
        stored=Sum("bb", 4),
        run="20261121T010701.123456Z",
        agent="source",
    )
    return fixed._replace(**changes)

"""The manifest of a backup in the making, as far as it does not depend on its bytes."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, AbstractSet

from holdfast.agent import child
from holdfast.agent.backups import bases, belonging, samedisk
from holdfast.agent.backups.manifest import Manifest
from holdfast.agent.backups.total import Sum
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import sequence
from holdfast.agent.sources.seam import SNAPSHOT

if TYPE_CHECKING:
    from typing import Iterable

    from holdfast.agent.backups.appliance import Appliance
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.subject import Disk
    from holdfast.agent.transforms.digest import Digest

_STAMP = "%Y%m%d_%H%M%S"
_NONE = Sum("", 0)


def begun(
    layout: Layout,
    definition: Definition,
    subject: Disk | Appliance,
    own: Iterable[Backup],
    run: str,
) -> Manifest:
    """Return what is known before the bytes are; a number is given out for it."""
    return Manifest(
        backup="",
        inventory=layout.inventory,
        definition=definition.id,
        subject=subject,
        source=definition.source,
        guid=None,
        sequence=sequence.take(layout, definition.id, own),
        kind=bases.FULL,
        base=None,
        file="",
        created=datetime.min.replace(tzinfo=timezone.utc),
        duration=0.0,
        consistency=SNAPSHOT,
        content=_NONE,
        stored=_NONE,
        run=run,
        agent=child.agent(),
    )


def of_dataset(
    layout: Layout,
    definition: Definition,
    owners: tuple[str, ...],
    source: Origin,
    backups: Iterable[Backup],
    run: str,
) -> Manifest:
    """Return what is known of a dataset's backup beside its bytes; `backups` are the storage's."""
    disk, backups = definition.disk, tuple(backups)
    own = belonging.own(backups, definition, owners)
    which = samedisk.guid(source, samedisk.manifests(backups, disk))
    return begun(layout, definition, disk, own, run)._replace(guid=which, raw=source.raw)


def sum_of(digest: Digest) -> Sum:
    """Return digest and size of what passed."""
    return Sum.from_fields(Fields(digest.facts(), "digest"))


def named(definition: Definition, moment: datetime) -> str:
    """Return the name of a backup of a moment."""
    return "%s-%s" % (definition.name, moment.strftime(_STAMP))


def unused(definition: Definition, taken: AbstractSet[str]) -> str:
    """Return a backup's name of this moment, or of the next second that is not taken."""
    while True:
        now = datetime.now(timezone.utc)
        name = named(definition, now)
        if name not in taken:
            return name
        time.sleep(1 - now.microsecond / 1e6)


def moment(backup: str) -> datetime:
    """Return the moment that a backup's name tells."""
    stamp = backup.rpartition("-")[2]
    # strptime would cost more to import than all else here.
    parts = (stamp[0:4], stamp[4:6], stamp[6:8], stamp[9:11], stamp[11:13], stamp[13:15])
    year, month, day, hour, minute, second = map(int, parts)
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)

"""One attempt: source → transforms → store → manifest → rotation. Must not: know of the queue."""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Callable

from holdfast.agent import sources, stores
from holdfast.agent.backups.moment import refuse_clock
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import settings
from holdfast.agent.transforms.recipe import COMPRESSIONS, Recipe

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.jobs.made import Made
    from holdfast.agent.jobs.settings import Settings
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.stores import Store
    from holdfast.agent.stores.directory import Directory


class Attempt:
    """What one run does, step by step; each step leaves things so that a kill there is harmless."""

    def __init__(
        self, layout: Layout, definition: Definition, run: str, finishing: Callable[[], None]
    ) -> None:
        """`finishing` is called when nothing may stop the run any more: its bytes are proven."""
        self._layout = layout
        self._definition = definition
        self._run = run
        self._finishing = finishing
        self._settings: Settings = settings.load(layout)
        self._recipe = Recipe(
            definition.compression, definition.encrypt_to, definition.bandwidth_limit
        )
        _refuse_unknown(definition)

    def make(self) -> Made:
        """Make the backup, then rotate."""
        refuse_clock(datetime.now(timezone.utc))
        _refuse_full(self._layout, self._definition)
        if self._definition.type == "dataset":
            return self._rotate(*self._replicate())
        return self._rotate(*self._store())

    def _replicate(self) -> tuple[Store, Made, datetime]:
        """Make a backup by sending a snapshot to where it is received."""
        from holdfast.agent.zfs import features  # noqa: PLC0415 - few nodes have ZFS

        features.asked()
        layout, definition, owners = self._layout, self._definition, self._settings.owners
        store = stores.of_snapshots(layout, definition, owners)
        # `zfs` is at work while the rest is loaded; but for a peer's disk a run may wait for hours.
        with store.chain.asked() if definition.peer is None else contextlib.nullcontext():
            from holdfast.agent.jobs.replication import Replication  # noqa: PLC0415 - few nodes have ZFS

            with sources.origin(layout, definition, owners, (store.marker,)) as origin:
                replication = Replication(layout, definition, store, origin, owners)
                make = partial(replication.make, self._run, self._finishing)
                return store, *_telling(origin, make)

    def _store(self) -> tuple[Store, Made, datetime]:
        """Make a backup by writing its bytes to a file."""
        layout, definition, owners = self._layout, self._definition, self._settings.owners
        store = stores.of_files(layout, definition, owners)
        store.clear()
        if definition.source.kind == "dataset":
            return store, *self._stream(store)
        if definition.source.kind == "loadmaster":
            return store, *self._configuration(store)
        return store, *self._image(store)

    def _stream(self, store: Directory) -> tuple[Made, datetime]:
        """Write the stream of a dataset's snapshot."""
        from holdfast.agent.jobs.streamfile import StreamFile  # noqa: PLC0415 - few nodes have ZFS

        layout, definition, owners = self._layout, self._definition, self._settings.owners
        keepers = (definition.id, *definition.was)
        with sources.origin(layout, definition, owners, keepers) as origin:
            stream = StreamFile(layout, definition, store, origin, owners)
            return _telling(origin, partial(stream.make, self._run, self._recipe, self._finishing))

    def _image(self, store: Directory) -> tuple[Made, datetime]:
        """Write the content of an image."""
        from holdfast.agent.jobs.imagefile import ImageFile  # noqa: PLC0415 - one kind of source a run

        image = ImageFile(self._layout, self._definition, store, self._settings.owners)
        return image.make(self._run, self._recipe, self._finishing)

    def _configuration(self, store: Directory) -> tuple[Made, datetime]:
        """Write what a LoadMaster gives."""
        from holdfast.agent.jobs.configuration import Configuration  # noqa: PLC0415 - few are connectors

        configuration = Configuration(self._layout, self._definition, store, self._settings.owners)
        return configuration.make(self._run, self._finishing)

    def _rotate(self, store: Store, made: Made, now: datetime) -> Made:
        """Remove what may go; it does not undo the backup that this cannot be done."""
        from holdfast.agent.jobs import rotation  # noqa: PLC0415 - wanted last

        definition, owners = self._definition, self._settings.owners
        try:
            waiting = rotation.carry_out(self._layout, definition, owners, store, now)
        except Failed as failure:
            return made._replace(doubts=(*made.doubts, "rotation: %s" % failure))
        return made._replace(findings=(*made.findings, *waiting))


def _telling(origin: Origin, make: Callable[[], tuple[Made, datetime]]) -> tuple[Made, datetime]:
    """Make a backup, and tell what is left of a killed restore: no later run knows of it."""
    try:
        made, moment = make()
    except Failed as failure:
        failure.add(origin.settled)
        raise
    return made._replace(doubts=(*made.doubts, *filter(None, (origin.settled,)))), moment


def _refuse_full(layout: Layout, definition: Definition) -> None:
    if definition.limit is None:
        return
    from holdfast.agent.backups import usage  # noqa: PLC0415 - most datacenters have no limit
    from holdfast.agent.setup.survey import Survey  # noqa: PLC0415

    usage.refuse_full(Survey(layout), definition)


def _refuse_unknown(definition: Definition) -> None:
    """Fail what asks for more than this agent can do: it never makes a lesser backup instead."""
    refusals = [
        ("type " + definition.type, definition.type not in ("file", "dataset", "loadmaster")),
        ("compression " + definition.compression, definition.compression not in COMPRESSIONS),
        (
            "incrementals (base_every) of an image",
            definition.base_every > 1 and definition.source.kind == "image",
        ),
    ]
    asked = [what for what, refused in refusals if refused]
    if asked:
        raise Failed(
            "%s asks for what this agent cannot do: %s" % (definition.id, ", ".join(asked))
        )

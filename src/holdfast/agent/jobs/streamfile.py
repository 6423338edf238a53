"""One attempt at a file of a dataset's stream: whole, or what changed since a base.

The base's snapshot is held on the source, and the one before it goes only when the new base has its
manifest; what a killed run left on the source the next one releases.
"""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Callable, Iterable

from holdfast.agent.backups import bases, belonging, samedisk, signature
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import basing, describe, footing, progress
from holdfast.agent.jobs.made import Made

if TYPE_CHECKING:
    from holdfast.agent.backups.bases import Choice
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Origin, Taken
    from holdfast.agent.stores.directory import Directory
    from holdfast.agent.stores.draft import Draft
    from holdfast.agent.transforms.recipe import Recipe
    from holdfast.agent.zfs.snapshots import Snapshot

SUFFIX = ".zfs"


class StreamFile:
    """What one run does between a dataset and a file of its stream."""

    def __init__(
        self,
        layout: Layout,
        definition: Definition,
        store: Directory,
        source: Origin,
        owners: tuple[str, ...],
    ) -> None:
        self._layout = layout
        self._definition = definition
        self._store = store
        self._source = source
        self._owners = owners

    def make(
        self, run: str, recipe: Recipe, finishing: Callable[[], None]
    ) -> tuple[Made, datetime]:
        """Make the backup and return its moment, too."""
        begun = time.monotonic()
        backups = self._store.backups()
        choice, base = self._choose(backups)
        needed = [] if base is None else [base.guid]
        with contextlib.suppress(Failed):  # told of in the end, should it hinder then, too
            self._source.release_all_but(*needed)  # a killed run's, and a base that is not used
        try:
            taken = self._source.take(self._snapshot_name())
            with self._store.draft(SUFFIX + recipe.packing.suffix) as draft:
                made = self._fill(draft, taken, base, recipe, run)
                duration = round(time.monotonic() - begun, 3)
                made = made._replace(base=choice.base and choice.base.backup, duration=duration)
                made, unsigned = signature.seal(self._layout, made)
                finishing()
                self._store.commit(draft, made)
        except BaseException:
            # What cannot go now, as of a source that was destroyed, the next run lets go.
            with contextlib.suppress(Failed):
                self._source.release_all_but(*needed)
            raise
        doubts = filter(None, (unsigned, self._settle(taken.snapshot, base)))
        other = samedisk.said(made, samedisk.manifests(backups, self._definition.disk))
        findings = filter(None, (taken.freeze.note, choice.reason, other))
        return Made(made.backup, made.stored.size, tuple(doubts), tuple(findings)), made.created

    def _choose(self, backups: list[Backup]) -> tuple[Choice, Snapshot | None]:
        """Return the base in the storage and its snapshot on the source, or neither."""
        own = belonging.own(backups, self._definition, self._owners)
        choice = basing.choose(self._layout, self._definition, own)
        if not self._definition.encrypt_to:
            footing.refuse_clear(_last_was_raw(own), self._source, self._definition)
        if choice.base is None:
            return choice, None
        if choice.base.raw != self._source.raw:
            word = "raw" if choice.base.raw else "in the clear"
            return bases.anew(choice.base.backup, "was sent %s" % word), None
        for snapshot in self._source.snapshots():
            if snapshot.guid == choice.base.snapshot:
                return choice, snapshot
        return bases.anew(choice.base.backup, "has no snapshot on the source any more"), None

    def _fill(
        self, draft: Draft, taken: Taken, base: Snapshot | None, recipe: Recipe, run: str
    ) -> Manifest:
        """Write the stream; return the manifest as far as the bytes tell."""
        total = self._source.estimate(taken.snapshot, base)
        tell = progress.teller(self._layout, self._definition.id, run, total)
        with self._source.sending(taken.snapshot, base, recipe) as flow:
            self._store.write(draft, progress.watched(flow, tell))
        return describe.of_dataset(
            self._layout, self._definition, self._owners, self._source, self._store.backups(), run
        )._replace(
            backup=draft.backup,
            kind=bases.FULL if base is None else bases.INCREMENTAL,
            file=draft.file,
            created=draft.created,
            content=describe.sum_of(flow.content),
            stored=describe.sum_of(flow.stored),
            freeze=taken.freeze.word,
            snapshot=taken.snapshot.guid,
            encrypt_to=recipe.encrypt_to,
        )

    def _settle(self, taken: Snapshot, base: Snapshot | None) -> str:
        """Let go of what no later run needs; return why that cannot be done."""
        if base is None:
            base = taken if self._definition.base_every > 1 else None
        try:
            self._source.release_all_but(*([base.guid] if base else []))
        except Failed as failure:
            return str(failure)
        return ""

    def _snapshot_name(self) -> str:
        now = datetime.now(timezone.utc)
        return "%s_%06d" % (describe.named(self._definition, now), now.microsecond)


def _last_was_raw(own: Iterable[Backup]) -> bool:
    told = [backup.manifest for backup in own if backup.manifest is not None]
    return bool(told) and max(told, key=lambda manifest: manifest.sequence).raw

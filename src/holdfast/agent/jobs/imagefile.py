"""One attempt at a file of an image's content, always whole: read, written, described, sealed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from holdfast.agent import sources
from holdfast.agent.backups import belonging, samedisk, signature
from holdfast.agent.jobs import describe, progress
from holdfast.agent.jobs.made import Made

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.backups.total import Sum
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Opened
    from holdfast.agent.stores.directory import Directory
    from holdfast.agent.stores.draft import Draft
    from holdfast.agent.transforms.recipe import Recipe


class ImageFile:
    """What one run does between an image and a file of its content."""

    def __init__(
        self, layout: Layout, definition: Definition, store: Directory, owners: tuple[str, ...]
    ) -> None:
        self._layout = layout
        self._definition = definition
        self._store = store
        self._owners = owners

    def make(
        self, run: str, recipe: Recipe, finishing: Callable[[], None]
    ) -> tuple[Made, datetime]:
        """Make the backup and return its moment, too."""
        begun = time.monotonic()
        with (
            sources.opened(self._layout, self._definition) as disk,
            self._store.draft(disk.suffix + recipe.packing.suffix) as draft,
        ):
            content, stored = self._pour(disk, draft, recipe, run)
            backups = self._store.backups()
            own = belonging.own(backups, self._definition, self._owners)
            made = describe.begun(
                self._layout, self._definition, self._definition.disk, own, run
            )._replace(
                backup=draft.backup,
                guid=disk.guid,
                file=draft.file,
                created=draft.created,
                duration=round(time.monotonic() - begun, 3),
                consistency=disk.consistency,
                content=content,
                stored=stored,
                freeze=disk.freeze.word,
                encrypt_to=recipe.encrypt_to,
            )
            made, unsigned = signature.seal(self._layout, made)
            finishing()
            self._store.commit(draft, made)
            other = samedisk.said(made, samedisk.manifests(backups, self._definition.disk))
            doubts, findings = (disk.doubt, unsigned), (disk.freeze.note, other)
        return Made(
            made.backup, stored.size, tuple(filter(None, doubts)), tuple(filter(None, findings))
        ), draft.created

    def _pour(self, disk: Opened, draft: Draft, recipe: Recipe, run: str) -> tuple[Sum, Sum]:
        """Write the bytes; return what the source gave and what was stored."""
        tell = progress.teller(self._layout, self._definition.id, run, disk.size)
        with disk.flow(recipe, tell) as flow:
            self._store.write(draft, flow.blocks)
        return describe.sum_of(flow.content), describe.sum_of(flow.stored)

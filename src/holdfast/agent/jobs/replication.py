"""One attempt at a dataset's backup: snapshot and hold, send and receive, manifest, release.

Each step leaves things so that a kill there is harmless: the old base goes only when the new backup
has its manifest, and what was received without one is adopted or destroyed by the next run.
"""

from __future__ import annotations

import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING, Callable, Iterator

from holdfast.agent.backups import samedisk, signature
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import (
    describe,
    footing,
    outlived,
    progress,
    remains,
    resumption,
    setaside,
    tree,
    underway,
)
from holdfast.agent.jobs.made import Made
from holdfast.agent.transforms.digest import Digest
from holdfast.agent.transforms.recipe import Recipe
from holdfast.agent.zfs import stream

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.backups.total import Sum
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Origin, Taken
    from holdfast.agent.stores.dataset import Dataset
    from holdfast.agent.zfs.snapshots import Snapshot


class Replication:
    """What one run does between a dataset and the chain that it is received into."""

    def __init__(
        self,
        layout: Layout,
        definition: Definition,
        store: Dataset,
        source: Origin,
        owners: tuple[str, ...],
    ) -> None:
        self._layout = layout
        self._definition = definition
        self._store = store
        self._source = source
        self._owners = owners
        self._recipe = Recipe("off", (), definition.bandwidth_limit)  # as it is

    def make(self, run: str, finishing: Callable[[], None]) -> tuple[Made, datetime]:
        """Make the backup and return its moment, too; what a killed run left is settled first."""
        begun = time.monotonic()
        left, chain = self._settle(run), self._store.chain
        newest = chain.newest()
        backups = self._store.backups()
        found = footing.find(newest, backups, self._source, self._definition)
        recursive = self._definition.source.recursive
        # Also where a new chain begins: should that fail, the next run may go on with this one.
        common = {each.guid for each in chain.snapshots()}
        needed = [each.guid for each in self._source.kept() if each.guid in common]
        self._let_go(needed)
        taken, freeze = self._take(needed, backups)
        hindrance: Failed | OSError | None = None
        with self._kept_to_resume(taken, needed):
            # Of a tree nobody is asked: that would be a program for each dataset of it.
            total = 0 if recursive else self._source.estimate(taken, found.base)
            tell = progress.teller(self._layout, self._definition.id, run, total)
            send = tree.sending if recursive else tree.sending_alone
            with send(chain, self._source, taken, found.base, self._recipe, tell) as sent:
                try:
                    made = self._manifest(taken, sent.content, run, backups)._replace(
                        children=sent.children,
                        freeze=freeze.word,
                        duration=round(time.monotonic() - begun, 3),
                    )
                    made, unsigned = signature.seal(self._layout, made)
                except (Failed, OSError) as failure:
                    hindrance = failure  # until it is proven what came, to be adopted
        if hindrance is not None:
            raise hindrance
        finishing()
        aside = self._store.commit(sent.arrival.snapshot, made)
        doubts = (*filter(None, (unsigned,)), *self._conclude(made))
        other = samedisk.said(made, samedisk.manifests(backups, self._definition.disk))
        findings = filter(None, (*left, freeze.note, setaside.said(aside, found.why), other))
        return Made(made.backup, sent.content.size, doubts, tuple(findings)), made.created

    def _conclude(self, made: Manifest) -> list[str]:
        """Copy the manifest and let the old base go, each in its pool; return what of it failed."""
        underway.end(self._layout, self._store.chain.dataset)
        stuck = without = ""
        try:
            with self._store.copying(made):
                stuck = self._let_go([*filter(None, made.guids)])
        except Failed as failure:
            without = "its manifest lies in the storage, without a copy: %s" % failure
        return [*filter(None, (stuck, without))]

    def _take(self, needed: list[str], backups: list[Backup]) -> Taken:
        """Return a new snapshot; where that fails nothing of it stays."""
        try:
            taken = self._source.take(self._free_name(backups))
            into = self._store.chain.dataset
            underway.begin(self._layout, into, taken.snapshot, taken.freeze.word)
        except BaseException:
            self._let_go(needed)
            raise
        return taken

    @contextlib.contextmanager
    def _kept_to_resume(self, taken: Snapshot, needed: list[str]) -> Iterator[None]:
        """Let go of a snapshot whose sending fails, unless the next run can go on with it."""
        try:
            yield
        except BaseException:
            if not self._can_resume(taken):
                self._let_go(needed)
            raise

    def _can_resume(self, taken: Snapshot) -> bool:
        try:
            parts = self._store.chain.parts()
        except Failed:
            return True  # it cannot be told now; the next run settles it
        return parts is not None and parts.token.guid == taken.guid

    def _let_go(self, needed: list[str]) -> str:
        """Let go of what no later run needs; return what hinders that: the next run tries again."""
        try:
            self._source.release_all_but(*needed)
        except Failed as failure:
            return str(failure)
        return ""

    def _settle(self, run: str) -> list[str]:
        """Settle what killed runs left; return in words what a person should know of it."""
        chain = self._store.chain
        sending = outlived.left(self._layout, chain)
        left = [*self._store.clear(), *remains.cleared(self._layout, self._store)]
        resumed = resumption.settle(chain, self._source, self._definition, self._recipe)
        adopt = partial(self._adopt, run)
        stays = remains.settle(self._store, self._source, self._definition, sending, adopt)
        chain.discard_incoming()
        unsaid = setaside.unsaid(self._layout, self._definition.id, self._store)
        return [*left, resumed, stays, self._store.copy_anew(), unsaid]

    def _adopt(self, run: str, held: Snapshot, received: Snapshot) -> None:
        """Give a manifest to what came whole.

        Its digest is of the stream as the storage gives it: what the source sent is long gone, and
        need not come over the wire once more.
        """
        before = [
            each
            for each in self._store.chain.snapshots()
            if each.dataset == received.dataset and each.transaction < received.transaction
        ]
        digest, mode = Digest(), stream.RAW if self._source.raw else stream.PLAIN
        with stream.sending(received, before[-1] if before else None, mode) as sending:
            for _ in digest.over(sending.blocks()):
                pass
        into, asked = self._store.chain.dataset, self._definition.freeze
        word = underway.freeze(self._layout, into, held.guid, asked)
        content, backups = describe.sum_of(digest), self._store.backups()
        held = held._replace(name=received.name)  # should somebody have renamed it there
        made = self._manifest(held, content, run, backups)._replace(freeze=word)
        self._store.commit(received, signature.seal(self._layout, made)[0])

    def _manifest(self, taken: Snapshot, content: Sum, run: str, backups: list[Backup]) -> Manifest:
        return describe.of_dataset(
            self._layout, self._definition, self._owners, self._source, backups, run
        )._replace(
            backup=taken.name,
            created=describe.moment(taken.name),
            content=content,
            stored=content,
            snapshot=taken.guid,
        )

    def _free_name(self, backups: list[Backup]) -> str:
        """Return a backup's name that nothing at either side has."""
        taken = {each.name.rpartition("/")[2] for each in backups}
        taken |= {each.name for each in self._source.snapshots()}
        taken |= {each.name for each in self._store.chain.snapshots()}
        return describe.unused(self._definition, taken)

"""Verifying: every stored byte read again, and the content where it can be had without a key."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Generator, Iterable, Iterator

from holdfast.agent.acts import received, shelf, stored
from holdfast.agent.acts.pace import Pace
from holdfast.agent.backups import claim, listing, state
from holdfast.agent.backups.appliance import Appliance
from holdfast.agent.failure import Failed
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available, MissingError
from holdfast.agent.transforms.digest import Digest
from holdfast.agent.transforms.recipe import Packing

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def verify(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Read a backup whole, an incremental with its base, and note what came of that beside each.

    `alone` leaves the base out: whoever verifies all reads it but once. A manifest that nobody
    vouches for is a fault like any other, only that no byte is read for it and nothing noted.
    """
    found = shelf.find(survey, op.storage, op.backup)
    base = None if op.arguments.get("alone") is True else shelf.base_of(found)
    try:
        for each in filter(None, (found, base)):
            each.refuse_untrusted(op.arguments.get("accept"))
    except Failed as doubt:
        told: Line = {"fault": str(doubt), "doubted": True, "content": False, "bytes": 0}
        yield {"type": "result", "backup": found.name, **told}
        return
    done = 0 if base is None else (yield from _noted(base)).done
    check = yield from _noted(found)
    yield {
        "type": "result",
        "backup": found.name,
        # What its base lacks is noted beside the base: it may come back.
        "fault": check.fault or shelf.base_fault(found),
        "content": check.saw_content,
        "bytes": done + check.done,
    }


def _noted(found: Found) -> Generator[Line, None, _Check]:
    """Read one backup and note beside it, if it is ours, what came of that."""
    with claim.held(found.layout, found.place, found.name, claim.VERIFY):
        check = _Check(found)
        check.fault = _lacking(found)
        if check.fault:
            return check  # every look tells that, so it is not noted: what comes back is there
        try:
            yield from check.read()
        except Failed as failure:
            check.fault = str(failure)
        at = datetime.now(timezone.utc).replace(microsecond=0)
        if found.manifest.inventory in found.owners:
            said = state.load(found.folder, found.manifest.backup)
            # One that cannot be read stays for a person to see, unless worse is to be put down:
            # the lock without end that it counts as is then its own.
            if check.fault or not said.fault:
                said = said._replace(verified=state.Verified(at, check.fault))
                state.write(found.folder, found.manifest.backup, said)
    return check


def _lacking(found: Found) -> str:
    """Return what is not there of a backup."""
    if found.parent:
        return received.lacking(found)
    return listing.lost(found.folder, found.manifest)


class _Check:
    """One reading of a backup; `saw_content` tells whether the content was proven too."""

    def __init__(self, found: Found) -> None:
        self.saw_content = False
        self.done = 0
        self.fault = ""
        self._found = found

    def read(self) -> Iterator[Line]:
        """Yield progress; raise Failed where something is not as the manifest says."""
        manifest = self._found.manifest
        if self._found.parent:
            yield from self._read_snapshot()
            return
        if isinstance(manifest.subject, Appliance):
            yield from self._read_files()
            return
        with stored.opened(self._found.file, manifest.stored.size) as descriptor:
            blocks = stored.blocks(descriptor, self._found.file, 0, manifest.stored.size)
            packing = Packing.of(manifest.file)
            yield from self._read(blocks, None if packing.encrypted else packing)

    def _read_snapshot(self) -> Iterator[Line]:
        """Read a snapshot whole: ZFS compares each block with its checksum on the way."""
        guids = self._found.manifest.guids
        pace = Pace(sum(received.size(self._found, guid) for guid in guids))
        for guid in guids:
            with received.stream_of(self._found, guid) as blocks:
                for block in blocks:
                    self.done += len(block)
                    if pace.add(len(block)):
                        yield pace.line()

    def _read_files(self) -> Iterator[Line]:
        """Read a LoadMaster's files; what is not encrypted is rebuilt, too, if its base is good."""
        found = self._found
        pace = Pace(sum(total.size for total in found.manifest.files.values()))
        for file, total in found.manifest.files.items():
            path, digest = os.path.join(found.folder, file), Digest()
            with stored.opened(path, total.size) as descriptor:
                for block in digest.over(stored.blocks(descriptor, path, 0, total.size)):
                    self.done += len(block)
                    if pace.add(len(block)):
                        yield pace.line()
            stored.refuse(digest, total, "the bytes of " + file)
        if not Packing.of(found.manifest.file).encrypted and not shelf.base_fault(found):
            from holdfast.agent.acts import rebuilding  # noqa: PLC0415 - few nodes are connectors

            for _ in rebuilding.rebuilt(found, {}).tar():
                pass
            self.saw_content = True

    def _read(self, blocks: Iterable[bytes], packing: Packing | None) -> Iterator[Line]:
        manifest = self._found.manifest
        stored_, content = Digest(), None
        with contextlib.ExitStack() as stack:
            flow = stored_.over(blocks)
            if packing is not None:
                # Without the format's program the stored bytes are all that can be had.
                with contextlib.suppress(MissingError):
                    expanded = chain.incoming(blocks, packing, None, Available())
                    flow, content, stored_ = stack.enter_context(expanded)
            pace = Pace(manifest.stored.size)
            told = 0
            for _ in flow:
                if pace.add(stored_.size - told):
                    yield pace.line()
                told = self.done = stored_.size
        stored.refuse(stored_, manifest.stored, "the stored bytes")
        if content is not None:
            stored.refuse(content, manifest.content, "the content")
            self.saw_content = True

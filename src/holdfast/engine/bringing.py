"""LoadMasters' backups brought here and opened: archives rebuilt with their bases, and parts."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.agent.age import header as headers
from holdfast.agent.age.errors import AgeError
from holdfast.agent.archive.rebuilt import Rebuilt, Stages
from holdfast.agent.backups.total import Sum
from holdfast.agent.transforms import chain, gz
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.recipe import Packing
from holdfast.engine.decode import fitting
from holdfast.engine.download import blocks_of, download
from holdfast.engine.filekey import key_in
from holdfast.engine.members import file_of, mapping, text, whole
from holdfast.engine.pick import Where, named
from holdfast.errors import BackupError, SecretError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored

PARTS = ("parameters", "certificates")
_ASKED_AT_A_TIME = 16


class Bringing:
    """Brings stored files into a folder of its own, each once; no secret is there in the clear."""

    def __init__(
        self, doing: Doing, identity: str | None, accept: str | None, folder: Path
    ) -> None:
        self._doing = doing
        self._identity = identity
        self._accept = accept
        self._folder = folder
        self._bases: dict[tuple[str, str, str], Stored] = {}
        self._files: dict[tuple[str, str, str, str], tuple[Path, bytes | None]] = {}

    def archive(self, backup: Stored) -> Rebuilt:
        """Return a backup's archive; whatever is wrong with it a reading of it raises as Failed."""
        with fitting(backup.node):
            told = mapping(mapping({"manifest": backup.manifest}, "manifest"), "content")
            content = Sum(text(told, "sha256"), whole(told, "size"))
        stages = Stages(gz.expanding(Available()), gz.compressing(Available()))
        if backup.base is None:
            return Rebuilt(content, stages, lambda: self._blocks(backup, ""))
        base = self._under(backup)
        return Rebuilt(
            content, stages, lambda: self._blocks(base, ""), lambda: self._blocks(backup, "")
        )

    def part(self, backup: Stored, part: str) -> Iterator[bytes]:
        """Yield what a file beside the first holds; raise BackupError where there is none."""
        yield from self._blocks(backup, part)

    def _blocks(self, backup: Stored, part: str) -> Iterator[bytes]:
        packing = Packing.of(stored_file(backup, part))
        path, key = self._brought(backup, part)
        try:
            with chain.incoming(blocks_of(path), packing, key, Available()) as flow:
                yield from flow.blocks
        except AgeError as error:
            raise BackupError(f"{backup.name}: {error}") from None

    def _brought(self, backup: Stored, part: str) -> tuple[Path, bytes | None]:
        place = (backup.node, backup.storage, backup.name, part)
        if place not in self._files:
            if backup.is_encrypted and self._identity is None:
                raise SecretError(f"{backup.name} is encrypted: give --identity FILE")
            target = self._folder / str(len(self._files))
            with download(self._doing, backup, target, self._accept, part) as path:
                self._files[place] = (path, self._key(backup, path))
        return self._files[place]

    def _key(self, backup: Stored, path: Path) -> bytes | None:
        """Return the key of a file that was brought here, None where it is not encrypted."""
        if not backup.is_encrypted or self._identity is None:
            return None
        try:
            header, _ = headers.split(blocks_of(path))
        except AgeError as error:
            raise BackupError(f"{backup.name}: {error}") from None
        return key_in(header, backup, self._identity)

    def _under(self, backup: Stored) -> Stored:
        name = f"{backup.source}/{backup.base}"
        place = (backup.node, backup.storage, name)
        if place not in self._bases:
            where = Where(backup.node, backup.storage)
            (self._bases[place],) = named(self._doing.reach, where, _ASKED_AT_A_TIME, [name])
        return self._bases[place]


@contextlib.contextmanager
def bringing(doing: Doing, identity: str | None, accept: str | None = None) -> Iterator[Bringing]:
    """Give what brings backups here; nothing that it brought stays."""
    with tempfile.TemporaryDirectory(prefix="holdfast-") as folder:
        yield Bringing(doing, identity, accept, Path(folder))


def stored_file(backup: Stored, part: str) -> str:
    """Return the name of a backup's file, the first for no part; raise BackupError for none."""
    with fitting(backup.node):
        told = mapping({"manifest": backup.manifest}, "manifest")
        if not part:
            return file_of(backup.name, text(told, "file"))
        parts = mapping(mapping(told, "loadmaster"), "parts") if "loadmaster" in told else {}
        if part in parts:
            return file_of(backup.name, text(mapping(parts, part), "file"))
    raise BackupError(f"{backup.name} has no {part}: they were not backed up")

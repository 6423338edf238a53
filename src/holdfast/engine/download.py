"""Stored bytes brought here in ranges, so that what breaks off goes on where it was."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.sparse import is_zero
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.recipe import Packing
from holdfast.engine.act import Act, Progress
from holdfast.engine.decode import fitting
from holdfast.engine.members import mapping, text, whole
from holdfast.engine.written import alone, put
from holdfast.errors import BackupError, Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from holdfast.engine.act import Doing
    from holdfast.engine.members import Line
    from holdfast.engine.stock import Stored

RANGE = 256 * MIB  # in one session: an answer may not be endless


@contextmanager
def download(
    doing: Doing, backup: Stored, target: Path, accept: str | None = None, part_of: str = ""
) -> Iterator[Path]:
    """Give the file beside target that holds all stored bytes, proven by their SHA-256.

    `part_of` a LoadMaster's backup is one of the files beside its first. No other download gets the
    file before the end.
    """
    total, sha256 = _sum(backup, "stored", part_of)
    part = target.with_name(f".{target.name}.{sha256[:12]}.part")
    with alone(part, target) as file:
        file.seek(0, os.SEEK_END)
        while file.tell() < total:
            before = file.tell()
            asked = {"offset": before, "length": min(RANGE, total - before), "accept": accept}
            asked |= {"part": part_of}
            with closing(doing.lines(Act.on("fetch", backup, **asked))) as lines:
                for line in lines:
                    if line["type"] == "bytes":
                        file.write(brought_bytes(backup.node, line))
                        doing.tell(Progress(min(file.tell(), total), total))
            if file.tell() == before:
                raise Unexpected(backup.node, "sent no bytes though some were missing")
        file.flush()
        os.fsync(file.fileno())
        if sha256_of(part) != sha256 or part.stat().st_size != total:
            part.unlink()
            raise BackupError(
                f"{backup.name}: what came is not what was stored; `backup verify` it"
            )
        yield part


def opened_name(file: str) -> str:
    """Return what a stored file is called once it is opened: `daily-20261121_020000.zfs`."""
    return file.removesuffix(Packing.of(file).suffix)


def open_with(key: bytes, backup: Stored, part: Path, target: Path) -> None:
    """Decrypt and expand stored bytes to target; raise BackupError where the content is wrong."""
    write(backup, _content(key, backup, part), target)
    part.unlink()


def write(backup: Stored, blocks: Iterable[bytes], target: Path) -> None:
    """Write all blocks to target, which is there whole or not at all; zeros become holes."""
    new = target.with_name(f".{target.name}.new")
    with alone(new, target) as file:
        try:
            file.truncate()
            for block in blocks:
                _write_sparse(file.fileno(), block)
            os.ftruncate(file.fileno(), os.lseek(file.fileno(), 0, os.SEEK_CUR))
            os.fsync(file.fileno())
            put(new, target)
        except Failed as error:
            raise BackupError(f"{backup.name}: {error}") from None
        finally:
            new.unlink(missing_ok=True)


def _content(key: bytes, backup: Stored, part: Path) -> Iterator[bytes]:
    size, sha256 = _sum(backup, "content")
    packing = Packing.of(backup.file or "")
    with chain.incoming(blocks_of(part), packing, key, Available()) as flow:
        yield from flow.blocks
    if flow.content.facts() != {"sha256": sha256, "size": size}:
        raise BackupError(f"{backup.name}: its content is not that of its manifest")


def _write_sparse(descriptor: int, block: bytes) -> None:
    if is_zero(block):
        os.lseek(descriptor, len(block), os.SEEK_CUR)
        return
    view = memoryview(block)
    while view:
        view = view[os.write(descriptor, view) :]


def _sum(backup: Stored, what: str, part: str = "") -> tuple[int, str]:
    with fitting(backup.node):
        told = mapping({"manifest": backup.manifest}, "manifest")
        if part:
            told = mapping(mapping(mapping(told, "loadmaster"), "parts"), part)
        told = mapping(told, what)
        return whole(told, "size"), text(told, "sha256")


def brought_bytes(node: str, line: Line) -> bytes:
    """Return the bytes that a line brings."""
    with fitting(node):
        try:
            return base64.b64decode(text(line, "data"), validate=True)
        except binascii.Error:
            raise ValueError("bytes that are not base64") from None


def blocks_of(path: Path) -> Iterator[bytes]:
    """Yield what a file holds."""
    with path.open("rb") as file:
        while block := file.read(MIB):
            yield block


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    digest = hashlib.sha256()
    for block in blocks_of(path):
        digest.update(block)
    return digest.hexdigest()

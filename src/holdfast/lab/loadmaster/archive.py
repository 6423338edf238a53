"""The bytes of a configuration backup: a gzip'ed tar, valid to the last byte.

Members keep the time of their last change, so that only the volatile ones and the gzip header
differ between two backups of an unchanged device.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER_MODE, _FILE_MODE = 0o755, 0o600


@dataclass(frozen=True)
class Member:
    """A file of the archive."""

    path: str
    content: bytes
    modified: int


def pack(members: Iterable[Member], now: int) -> bytes:
    """Return the archive, folders before what is in them."""
    buffer = io.BytesIO()
    seen: set[str] = set()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for member in members:
            folder = member.path.rpartition("/")[0]
            if folder not in seen:
                seen.add(folder)
                tar.addfile(_header(folder, tarfile.DIRTYPE, _FOLDER_MODE, 0))
            header = _header(member.path, tarfile.REGTYPE, _FILE_MODE, member.modified)
            header.size = len(member.content)
            tar.addfile(header, io.BytesIO(member.content))
    return gzip.compress(buffer.getvalue(), compresslevel=6, mtime=now)


def unpack(archive: bytes) -> dict[str, bytes]:
    """Return the files by path; refuse what is no whole gzip'ed tar."""
    try:
        plain = gzip.decompress(archive)
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
            files = {
                member.name: tar.extractfile(member).read()  # type: ignore[union-attr]  # a regular file has content
                for member in tar
                if member.isreg()
            }
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise Refused(422, "Invalid backup file") from error
    return files


def _header(path: str, kind: bytes, mode: int, modified: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(path)
    header.type, header.mode, header.mtime = kind, mode, modified
    header.uname = header.gname = "root"
    return header

"""Tars of every kind that a device might write, and their bytes in blocks of any size."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from holdfast.agent.transforms import gz
from holdfast.agent.transforms.available import Available

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPANDING = gz.expanding(Available())

names = st.text("abcdef/.-é", max_size=12).map(lambda name: "m/" + name + "z") | st.sampled_from(
    ["info/date", "info/netstat", "a" * 99, "deep/" * 30 + "leaf", "b" * 300]
)
contents = st.binary(max_size=1200) | st.sampled_from([b"", b"x" * 512, b"same", b"y" * 5000])
members = st.lists(st.tuples(names, contents), min_size=1, max_size=8)
formats = st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])


def tar(
    found: list[tuple[str, bytes]], form: int = tarfile.GNU_FORMAT, mtime: int = 1_700_000_000
) -> bytes:
    """Return a tar with a folder, a link and these files; ustar leaves out what it cannot name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        folder = tarfile.TarInfo("m")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        link = tarfile.TarInfo("m/link")
        link.type, link.linkname = tarfile.SYMTYPE, "elsewhere"
        archive.addfile(link)
        for name, content in found:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), mtime
            try:
                archive.addfile(info, io.BytesIO(content))
            except ValueError:
                assert form == tarfile.USTAR_FORMAT
    return buffer.getvalue()


def packed(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)


def cut(content: bytes, size: int) -> Iterator[bytes]:
    """Yield the bytes in blocks of a size."""
    for start in range(0, len(content), size):
        yield content[start : start + size]

"""Pieces of a tar: every byte of it in order, members as tarfile names them, damage refused."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.archive.tars import cut, formats, members, tar
from holdfast.agent.archive.pieces import DATA, HEADER, pieces
from holdfast.agent.archive.tarheader import BrokenError
from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed


@given(members, formats, st.integers(1, 3000))
def test_pieces_are_every_byte_and_members_are_those_of_tarfile(
    found: list[tuple[str, bytes]], form: int, size: int
) -> None:
    content = tar(found, form)
    told = list(pieces(cut(content, size)))
    assert b"".join(piece.data for piece in told) == content
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert [p.member.rstrip("/") for p in told if p.kind == HEADER] == archive.getnames()
        for member in archive:
            if member.isreg() and archive.getnames().count(member.name) == 1:
                data = [p.data for p in told if p.kind == DATA and p.member == member.name]
                assert b"".join(data) == archive.extractfile(member).read()  # type: ignore[union-attr]  # a regular file has content


@given(members, formats, st.data())
def test_a_tar_that_is_cut_short_is_refused(
    found: list[tuple[str, bytes]], form: int, data: st.DataObject
) -> None:
    """At any byte before its end mark begins; the mark itself may be shorter than it should."""
    content = tar(found, form)
    end = len(content.rstrip(b"\0")) - 1
    cut_at = data.draw(st.integers(0, end))
    with pytest.raises(Failed):
        list(pieces([content[:cut_at]]))


def test_long_data_comes_in_pieces_that_can_be_compared() -> None:
    content = tar([("m/large", b"z" * (2 * MIB + 5))])
    sizes = [len(p.data) for p in pieces(cut(content, 70_000)) if p.kind == DATA]
    assert sizes == [MIB, MIB, 5]


@pytest.mark.parametrize("place", [0, 100, 124, 148, 156, 257])
def test_an_altered_header_is_refused(place: int) -> None:
    content = bytearray(tar([("m/file", b"content")]))
    content[1024 + place] ^= 1  # the third member's: a folder and a link come before it
    with pytest.raises(BrokenError, match="damaged"):
        list(pieces([bytes(content)]))


@given(st.binary(max_size=3000))
def test_arbitrary_bytes_are_refused_or_are_a_tar(content: bytes) -> None:
    try:
        told = list(pieces([content]))
    except Failed:
        return
    assert b"".join(piece.data for piece in told) == content


@pytest.mark.parametrize("size", ["-1", "x", "99999999999999999999"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("m/file")
        info.size, info.pax_headers = 3, {"size": size}
        archive.addfile(info, io.BytesIO(b"abc"))
    with pytest.raises(BrokenError):
        list(pieces([buffer.getvalue()]))

"""Pieces that do not compress are kept as they are, in a member that every gzip reads."""

from __future__ import annotations

import gzip
import os
import subprocess
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import isal_zlib

from holdfast.agent.blocks import BLOCK
from holdfast.agent.transforms import gz, stored
from holdfast.agent.transforms.available import Available

MODULES = pytest.mark.parametrize("used", [zlib, isal_zlib], ids=["zlib", "isal"])
NOISE = os.urandom(BLOCK)


@given(st.binary(min_size=1, max_size=200) | st.integers(65_530, 131_080).map(os.urandom))
def test_a_member_holds_the_very_piece(piece: bytes) -> None:
    for used in (zlib, isal_zlib):
        whole = stored.member(used, piece)
        assert gzip.decompress(whole) == piece
        assert len(whole) <= len(piece) + 18 + 5 * (len(piece) // 65_535 + 1)


@MODULES
def test_noise_is_dense_and_what_shrinks_is_not(used: Any) -> None:
    assert stored.is_dense(used, NOISE)
    assert stored.is_dense(used, NOISE[: BLOCK // 2 + 1])
    assert not stored.is_dense(used, bytes(BLOCK))
    assert not stored.is_dense(used, b"some words of a text, " * 50_000)
    assert not stored.is_dense(used, NOISE[: BLOCK // 2] + bytes(BLOCK // 2))


@MODULES
@pytest.mark.parametrize("size", [0, 1, 1023, 16_383])
def test_a_piece_too_small_for_samples_is_compressed(used: Any, size: int) -> None:
    assert not stored.is_dense(used, NOISE[:size])


def test_what_is_kept_and_what_is_compressed_follow_each_other_in_one_stream() -> None:
    content = NOISE + b"words " * 700_000 + NOISE[:100_000] + bytes(BLOCK)
    out = b"".join(gz.compressing(Available())([content]))
    assert BLOCK < len(out) < 1.2 * BLOCK
    told = subprocess.run(["gzip", "-dc"], input=out, capture_output=True, check=True)
    assert told.stdout == content
    assert b"".join(gz.expanding(Available())([out])) == content

"""Pieces that do not compress are kept as they are, in a member that every gzip reads."""

from __future__ import annotations

import gzip
import os
import subprocess
import zlib
from typing import Any

import pytest
from isal import isal_zlib

from holdfast.agent.blocks import BLOCK
from holdfast.agent.transforms import gz, stored
from holdfast.agent.transforms.available import Available

MODULES = pytest.mark.parametrize("used", [zlib, isal_zlib], ids=["zlib", "isal"])
NOISE = os.urandom(BLOCK)


@MODULES
@pytest.mark.parametrize(
    "size", [1, 2, 65_534, 65_535, 65_536, 131_069, 131_070, 131_071, BLOCK - 1, BLOCK]
)
def test_a_member_holds_the_very_piece(used: Any, size: int) -> None:
    whole = stored.member(used, NOISE[:size])
    assert gzip.decompress(whole) == NOISE[:size]
    assert len(whole) == size + 18 + 5 * -(-size // 65_535)


@MODULES
def test_noise_is_dense_and_what_shrinks_is_not(used: Any) -> None:
    assert stored.is_dense(used, NOISE)
    assert stored.is_dense(used, NOISE[: BLOCK // 2 + 1])
    assert not stored.is_dense(used, bytes(BLOCK))
    assert not stored.is_dense(used, b"some words of a text, " * 50_000)
    assert not stored.is_dense(used, NOISE[: BLOCK // 2] + bytes(BLOCK // 2))


@MODULES
@pytest.mark.parametrize("every", [8, 16, 32, 64, 128])
def test_a_dense_head_of_each_cluster_does_not_hide_what_shrinks(used: Any, every: int) -> None:
    cluster = every * 1024
    heads = (NOISE[start : start + 4096] for start in range(0, BLOCK, cluster))
    assert not stored.is_dense(used, b"".join(head.ljust(cluster, b" ") for head in heads))


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

"""Each format, by each of its libraries: round trips, the format's own program, damage."""

from __future__ import annotations

import os
import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.transforms.lacking import Lacking
from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.transforms import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAMS = {"gzip": "gzip", "bzip2": "bzip2", "xz": "xz", "zstd": "zstd"}
NODES = {
    "gzip": Lacking("zlib"),
    "gzip by igzip": Lacking("isal"),
    "gzip by zlib": Lacking("isal", "igzip program"),
    "bzip2": Lacking(),
    "xz": Lacking(),
    "zstd": Lacking("zstd program"),
    "zstd by program": Lacking("zstandard"),
}
TEXT = b"".join(b"%d squared is %d\n" % (number, number**2) for number in range(80_000))
CONTENT = TEXT[:700_000] + os.urandom(200_000) + bytes(4 * MIB) + TEXT[:100_000]
# Quick to compress, and no two pieces alike.
LONG = b"".join(b"%d" % number + bytes(9000) for number in range(600))
PIECES = {"gzip": MIB, "bzip2": 899_981, "xz": 2 * MIB, "zstd": MIB}
each = pytest.mark.parametrize("way", NODES)


def blocks(content: bytes, size: int = MIB) -> Iterable[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def compressed(way: str, content: bytes, size: int = MIB) -> bytes:
    stage = formats.find(way.partition(" ")[0]).compressing(NODES[way])
    return b"".join(stage(blocks(content, size)))


def expanded(way: str, packed: bytes, size: int = MIB) -> bytes:
    stage = formats.find(way.partition(" ")[0]).expanding(NODES[way])
    return b"".join(stage(blocks(packed, size)))


def run(way: str, *flags: str, given: bytes) -> bytes:
    command = [PROGRAMS[way.partition(" ")[0]], "--stdout", *flags]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout


@each
def test_what_is_compressed_comes_back(way: str) -> None:
    packed = compressed(way, CONTENT, 700_001)
    assert len(packed) < len(CONTENT) * 0.2
    assert expanded(way, packed) == CONTENT
    assert expanded(way, packed, 4099) == CONTENT


@each
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2), st.sampled_from([-1, 0, 1, 1000]), st.integers(50_000, 2 * MIB))
def test_sizes_around_the_borders_of_pieces_come_back(
    way: str, pieces: int, more: int, size: int
) -> None:
    content = LONG[: max(0, pieces * PIECES[way.partition(" ")[0]] + more)]
    assert expanded(way, compressed(way, content, size), size) == content


@each
@pytest.mark.parametrize("content", [b"", b"x", CONTENT], ids=len)
def test_the_formats_own_program_reads_it(way: str, content: bytes) -> None:
    assert run(way, "--decompress", given=compressed(way, content)) == content


@each
def test_what_the_formats_own_program_wrote_is_read(way: str) -> None:
    assert expanded(way, run(way, given=CONTENT)) == CONTENT


@each
def test_both_libraries_of_a_format_read_each_other(way: str) -> None:
    packed = compressed(way, CONTENT)
    for other in NODES:
        if other.partition(" ")[0] == way.partition(" ")[0]:
            assert expanded(other, packed) == CONTENT


@each
def test_cut_short_inside_a_stream_is_refused(way: str) -> None:
    packed = compressed(way, os.urandom(300_000))
    for kept in (0, 1, 5, 20, 1000, len(packed) // 2, len(packed) - 1):
        with pytest.raises(Failed):
            expanded(way, packed[:kept])


@each
def test_what_follows_the_end_is_refused(way: str) -> None:
    with pytest.raises(Failed):
        expanded(way, compressed(way, TEXT[:100_000]) + b"something else")


@each
def test_a_flipped_bit_is_refused_or_without_effect(way: str) -> None:
    packed = compressed(way, TEXT[:30_000])
    chance = random.Random(3)  # noqa: S311 - places to damage
    for _ in range(60):
        bit = chance.randrange(len(packed) * 8)
        damaged = bytearray(packed)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            # A header of gzip has bits that mean nothing: a time, a system.
            assert expanded(way, bytes(damaged)) == TEXT[:30_000]
        except Failed:
            continue


@each
def test_a_flipped_bit_between_streams_never_shortens_the_content(way: str) -> None:
    packed = compressed(way, TEXT[:1000])
    for bit in range(32):
        damaged = bytearray(packed)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert expanded(way, packed + bytes(damaged)) == TEXT[:1000] * 2
        except Failed:
            continue


@pytest.mark.slow
@each
def test_a_flood_of_zeros_comes_out_in_small_blocks(way: str) -> None:
    stage = formats.find(way.partition(" ")[0]).expanding(NODES[way])
    packed = run(way, given=bytes(96 * MIB))
    sizes = [len(block) for block in stage(blocks(packed))]
    assert sum(sizes) == 96 * MIB
    assert max(sizes) <= 17 * MIB

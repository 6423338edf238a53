"""Disks of another node read whole: their bytes, their transforms, and what is proven of both."""

from __future__ import annotations

import gzip
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from agent.peers.pair import SOURCE, Pair

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair.below(tmp_path).settle()


def test_the_bytes_are_those_of_the_other_node(pair: Pair) -> None:
    pair.image.write_bytes(content := os.urandom(5 << 20) + bytes(3 << 20))
    backup = pair.good()
    (manifest,) = pair.asking.manifests()
    sums = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    assert (pair.asking.disk / f"{backup}.img").read_bytes() == content
    assert manifest["content"] == manifest["stored"] == sums
    assert manifest["source"] == {**SOURCE, "guid": None}
    assert manifest["consistency"] == "unchanged"


def test_compression_is_done_there_and_both_digests_are_proven(pair: Pair) -> None:
    pair.image.write_bytes(content := b"compressible " * 500_000)
    pair.define(compression="gzip")
    backup = pair.good()
    stored = (pair.asking.disk / f"{backup}.img.gz").read_bytes()
    (manifest,) = pair.asking.manifests()
    assert gzip.decompress(stored) == content
    assert manifest["content"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["stored"]["sha256"] == hashlib.sha256(stored).hexdigest()

"""Disks of another node read whole: their bytes, their transforms, and what is proven of both."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import time
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


def test_a_limit_is_of_bytes_on_the_wire(pair: Pair) -> None:
    pair.image.write_bytes(os.urandom(4_000_000))
    pair.define(bandwidth_limit=2_000_000)
    begun = time.monotonic()
    pair.good()
    assert time.monotonic() - begun > 1.8
    pair.image.write_bytes(b"compressible " * 10_000_000)
    pair.define(bandwidth_limit=2_000_000, compression="gzip")
    begun = time.monotonic()
    pair.good()
    assert time.monotonic() - begun < 60  # its content alone would take 65 s


def test_it_is_encrypted_before_it_leaves_its_node(pair: Pair, tmp_path: Path) -> None:
    made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
    (tmp_path / "key").write_text(made)
    recipient = made.partition("public key: ")[2].split()[0]
    pair.image.write_bytes(content := os.urandom(300_000))
    pair.define(encrypt_to=[recipient])
    ended = pair.run()
    if ended.status == "failed":  # a Python without the library: nothing plain is sent instead
        assert "node cn01: this node cannot encrypt: install" in ended.reason
        assert pair.asking.names() == []
        return
    stored = pair.asking.disk / f"{ended.backup}.img.age"
    opened = subprocess.run(
        ["age", "-d", "-i", str(tmp_path / "key"), str(stored)], capture_output=True, check=True
    )
    assert opened.stdout == content
    (manifest,) = pair.asking.manifests()
    assert manifest["content"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["stored"]["sha256"] == hashlib.sha256(stored.read_bytes()).hexdigest()

"""Bits flipped in the pool's own file, behind the back of ZFS, and the pool as it was before."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from agent.zfs.pools import export, find, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from random import Random

    from agent.zfs.station import Station

SECTOR = 512


@contextlib.contextmanager
def flipped(station: Station, bits: Iterable[int]) -> Iterator[None]:
    """Have bits of the target's file flipped meanwhile, counted from its begin.

    What was read once ZFS answers from memory, so the pool is exported; afterwards it is just what
    it was before, whatever was healed or noted in it.
    """
    backing = file(station)
    whole = backing.with_suffix(".whole")
    export(station.target)
    run("cp", "--sparse=always", str(backing), str(whole))
    _flip(backing, bits)
    find(station.target, file(station).parent)
    try:
        yield
    finally:
        export(station.target)
        os.replace(whole, backing)
        find(station.target, file(station).parent)


def file(station: Station) -> Path:
    """Return the file that the target's pool is on."""
    return station.desk.root.parent / f"{station.target}.pool"


def begins(station: Station, contents: list[bytes]) -> list[int]:
    """Return where each content begins in the target's file."""
    lies = _written(station)
    return [lies.index(content) for content in contents]


def used(station: Station) -> list[int]:
    """Return where each sector begins that is not all zero: labels, data, what ZFS itself needs."""
    lies, empty = _written(station), bytes(SECTOR)
    return [place for place in range(0, len(lies), SECTOR) if lies[place : place + SECTOR] != empty]


def anywhere(chance: Random, begin: int, length: int) -> int:
    """Return some bit of a piece of the file."""
    return begin * 8 + chance.randrange(length * 8)


def _written(station: Station) -> bytes:
    """Return what the file holds once all was written."""
    export(station.target)
    lies = file(station).read_bytes()
    find(station.target, file(station).parent)
    return lies


def _flip(backing: Path, bits: Iterable[int]) -> None:
    with backing.open("r+b") as lies:
        for bit in bits:
            place, number = divmod(bit, 8)
            lies.seek(place)
            (byte,) = lies.read(1)
            lies.seek(place)
            lies.write(bytes([byte ^ 1 << number]))

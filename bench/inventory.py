"""Writes an inventory of any size: so many nodes, servers of ten disks, a definition a disk.

Text is written line by line and nothing is kept: the bench's own size would count as a peer's.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ID = "bench"
DISKS = 10
STORAGE = "/backups"


def fields(number: int) -> dict[str, object]:
    """Return the ten fields of one definition; peers that take any fields are given the same."""
    server, disk = f"srv{number // DISKS:05}", number % DISKS + 1
    return {
        "name": f"d{number:05}",
        "sources": [f"{server}:{disk}"],
        "type": "file",
        "storage": "pool",
        "schedule": f"{number % 60} {number % 24} * * *",
        "retention": 7 + number % 24,
        "catch_up": "6h",
        "timeout": f"{1 + number % 8}h",
        "encrypt_to": "none",
        "description": f"Disk {disk} of {server}, each night",
    }


def write(folder: Path, nodes: Mapping[str, Mapping[str, object]], count: int) -> None:
    """Write an inventory of `count` definitions spread over the nodes, ten disks a server."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(nodes)
    _lines(folder / "nodes.yaml", _nodes(nodes))
    _lines(folder / "servers.yaml", _servers(names, count))
    _lines(folder / "definitions.yaml", _definitions(names, count))


def _nodes(nodes: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    yield f"inventory: {{id: {ID}}}"
    yield "defaults: {timezone: Europe/Prague}"
    yield "nodes:"
    for name, node in nodes.items():
        yield f"  {name}:"
        for key, value in node.items():
            yield f"    {key}: {json.dumps(value)}"
        yield "    storages:"
        yield f"      pool: {{path: {STORAGE}}}"


def _servers(nodes: list[str], count: int) -> Iterator[str]:
    yield "servers:"
    for number in range((count + DISKS - 1) // DISKS):
        name = f"srv{number:05}"
        yield f"  {name}:"
        yield f"    uuid: {uuid.uuid5(uuid.NAMESPACE_DNS, name)}"
        yield f"    node: {nodes[number % len(nodes)]}"
        yield "    disks:"
        for disk in range(1, DISKS + 1):
            yield f"      {disk}: {{image: /images/{name}-{disk}.raw}}"


def _definitions(nodes: list[str], count: int) -> Iterator[str]:
    yield "definitions:"
    for number in range(count):
        name, *others = fields(number).items()
        yield f"- name: {name[1]}"
        yield f"  node: {nodes[number // DISKS % len(nodes)]}"
        for key, value in others:
            yield f"  {key}: {json.dumps(value)}"


def _lines(path: Path, lines: Iterator[str]) -> None:
    with path.open("w") as file:
        file.writelines(f"{line}\n" for line in lines)

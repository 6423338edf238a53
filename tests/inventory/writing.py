"""Writes inventories for tests: a small one that is right, and changes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from holdfast.inventory.load import load

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from holdfast.inventory.inventory import Inventory

UUID = "6f1c2a9e-5d0b-4c1e-9a55-0c3f7f1f2b{:02x}"


def right() -> dict[str, Any]:
    """Return an inventory with two servers, a LoadMaster and no definition."""
    return {
        "inventory": {"id": "t"},
        "nodes": {"n1": node("n1"), "n2": node("n2")},
        "servers": {
            "web01": server(1, tier="gold", site="prg"),
            "web02": server(2, tier="silver", site="prg"),
        },
        "loadmasters": {"lm1": appliance(1, site="prg")},
        "definitions": [],
    }


def node(name: str) -> dict[str, Any]:
    """Return a local node with a directory and a dataset to store in."""
    storages = {"nas": {"path": "/srv/nas"}, "tank": {"dataset": "tank/backups"}}
    return {"transport": "local", "root": f"lab/{name}", "storages": storages}


def server(number: int, **labels: str) -> dict[str, Any]:
    """Return a server with a ZFS disk and an image."""
    disks = {1: {"dataset": f"tank/vm{number}"}, 2: {"image": f"/img/vm{number}.raw"}}
    return {"uuid": UUID.format(number), "node": "n1", "disks": disks, "labels": labels}


def appliance(number: int, **labels: str) -> dict[str, Any]:
    """Return a LoadMaster behind n1."""
    return {
        "address": f"https://10.0.0.{number}",
        "connector": "n1",
        "api_key": "env/LM",
        "tls": {"ca": "ca.pem"},
        "labels": labels,
    }


def file(*sources: object, **fields: object) -> dict[str, Any]:
    """Return a definition of type file."""
    said = {"name": "daily", "type": "file", "node": "n1", **_common(sources)}
    return _without_absent(said | {"encrypt_to": "none"} | fields)


def dataset(*sources: object, **fields: object) -> dict[str, Any]:
    """Return a definition of type dataset."""
    said = {"name": "daily", "type": "dataset", "node": "n1", **_common(sources)}
    return _without_absent(said | {"storage": "tank"} | fields)


def configuration(*sources: object, **fields: object) -> dict[str, Any]:
    """Return a definition of LoadMasters."""
    said = {"name": "nightly", "encrypt_to": "none", **_common(sources)}
    return _without_absent(said | fields)


def _common(sources: tuple[object, ...]) -> dict[str, Any]:
    return {
        "sources": list(sources),
        "storage": "nas",
        "schedule": "0 2 * * *",
        "retention": 5,
    }


def _without_absent(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value is not None}


def loaded(directory: Path, **files: dict[str, Any]) -> Inventory:
    """Return the inventory of files that hold these trees."""
    place = directory / "inventory"
    place.mkdir(exist_ok=True)
    for name, tree in files.items():
        (place / f"{name}.yaml").write_text(
            yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False)
        )
    return load(place)

"""The LoadMasters that a connector is told of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.agent.fields import Fields
from holdfast.agent.loadmaster import target
from holdfast.desired.loadmaster import loadmasters
from holdfast.inventory.load import load
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.inventory.inventory import Inventory

PIN = "9f:86:" * 15 + "9F:86"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inventory"


def inventory(folder: Path, **device: Any) -> Inventory:
    folder.mkdir(exist_ok=True)
    document = {
        "inventory": {"id": "x"},
        "nodes": {name: {"transport": "local", "root": name} for name in ("n1", "n2")},
        "loadmasters": {
            "lm1": {
                "address": "https://10.0.0.5",
                "connector": "n1",
                "tls": {"sha256": PIN},
                **(device or {"api_key": "env/X"}),
            }
        },
    }
    (folder / "inventory.yaml").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return load(folder)


def only(found: Inventory, **more: Any) -> Resource | Unknown:
    (item,) = loadmasters(found, "n1", more.get("authorities", {}), more.get("held", {}))
    return item


def test_only_its_connector_is_told_of_a_device(folder: Path) -> None:
    assert not list(loadmasters(inventory(folder), "n2", {}, {}))
    item = only(inventory(folder))
    assert item.address == Address("node", "n1", "loadmaster", "lm1")


def test_the_attributes_are_what_the_agent_takes(folder: Path) -> None:
    login = {"user": "backup", "password": "env/Y", "certificates": {"passphrase": "env/Z"}}
    for device in ({"api_key": "env/X"}, login, {"address": "https://[2001:db8::1]:8443", **login}):
        item = only(inventory(folder, **device))
        assert isinstance(item, Resource)
        found = target.parse("lm1", Fields(dict(item.attributes), "lm1"))
        assert found.sha256 == "9f86" * 16
        assert found.certificates is ("certificates" in device)
        assert found.address == device.get("address", "https://10.0.0.5:443").removeprefix(
            "https://"
        )


def test_a_ca_that_is_not_here_leaves_the_device_unknown(folder: Path) -> None:
    found = inventory(folder, api_key="env/X", tls={"ca": "ca.pem"})
    assert isinstance(only(found), Unknown)
    item = only(found, authorities={"ca.pem": "PEM"})
    assert isinstance(item, Resource)
    assert item.attributes["tls"] == {"ca": "PEM"}


def test_a_renamed_device_keeps_its_file(folder: Path) -> None:
    found = inventory(folder, api_key="env/X", was=["older", "old"])
    old = Address("node", "n1", "loadmaster", "old")
    item = only(found, held={old: {}})
    assert isinstance(item, Resource)
    assert item.previous == old
    both = only(found, held={old: {}, old._replace(name="lm1"): {}})
    assert isinstance(both, Resource)
    assert both.previous is None


@pytest.mark.parametrize(("least", "warnings"), [("7.2.62", 0), ("7.2.62.0", 0), ("7.2.61.9", 1)])
def test_less_firmware_than_usual_is_warned_of(folder: Path, least: str, warnings: int) -> None:
    found = inventory(folder, api_key="env/X", minimum_firmware=least)
    assert len(found.warnings) == warnings

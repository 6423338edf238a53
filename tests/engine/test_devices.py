"""What is wrong with LoadMasters, judged by what they told of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.engine.devices import findings, trusted
from holdfast.inventory.load import load
from holdfast.plan.actual import Actual, Applied, Device, Facts, Unread
from holdfast.plan.resource import Address, Resource
from holdfast.problem import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.inventory.inventory import Inventory

GOOD = Device("7.2.63.2.1.RELEASE", "2026-11-21T02:00:00Z", "2027-11-21T00:00:00Z", 3, False)  # noqa: FBT003  # as it comes
FACTS = Facts("a" * 64, "3.11.2", "Etc/UTC")


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    """Return one LoadMaster that is backed up, and one that is not."""
    folder = tmp_path / "inventory"
    folder.mkdir()
    device = "connector: n1, api_key: env/K, tls: {ca: a.pem}"
    (folder / "i.yaml").write_text(
        "inventory: {id: x}\n"
        "nodes: {n1: {transport: local, root: n1, storages: {s: {path: /b}}}}\n"
        "loadmasters:\n"
        f"  kept: {{address: https://10.0.0.1, {device}}}\n"
        f"  other: {{address: https://10.0.0.2, {device}}}\n"
        "definitions:\n"
        "- {name: d, sources: [kept], storage: s, schedule: 0 1 * * *, retention: 3, "
        "encrypt_to: none}\n"
    )
    return load(folder)


def told(inventory: Inventory, name: str = "kept", **seen: Any) -> list[str]:
    answer = Actual("n1", FACTS, devices={name: GOOD.__class__(**{**vars(GOOD), **seen})})
    found = list(findings(inventory, [answer]))
    assert all(each.severity is Severity.FINDING for each in found)
    assert all(each.where == f"loadmaster/{name}" and each.hint for each in found)
    return [each.what for each in found]


def test_a_device_as_it_should_be_is_no_finding(inventory: Inventory) -> None:
    assert told(inventory) == []
    assert told(inventory, certificate_ends="", api_keys=None) == []


@pytest.mark.parametrize(
    ("firmware", "holes"),
    [
        ("7.2.45.11", []), ("7.2.45.12", [2026]), ("7.2.48.0", [2026]),
        ("7.2.48.1", [2024, 2026]), ("7.2.48.9.100.RELEASE", [2024, 2026]), ("7.2.48.10", [2026]),
        ("7.2.54.0", [2024, 2026]), ("7.2.54.8", [2026]), ("7.2.54.17", [2026]), ("7.2.54.18", []),
        ("7.2.55.0", [2024]), ("7.2.59.1", [2024]), ("7.2.59.2", []), ("7.2.60.0", [2026]),
        ("7.2.63.1", [2026]), ("7.2.63.2", []), ("7.2.100.0", []),
    ],
)  # fmt: skip
def test_firmware_is_in_the_ranges_of_the_known_holes(
    inventory: Inventory, firmware: str, holes: list[int]
) -> None:
    words = told(inventory, "other", firmware=firmware)
    assert [int(word.partition("CVE-")[2][:4]) for word in words] == holes


@pytest.mark.parametrize(("firmware", "is_old"), [("7.2.61.9.1.DEV", True), ("7.2.62.0", False)])
def test_the_minimum_counts_where_something_is_backed_up(
    inventory: Inventory, firmware: str, *, is_old: bool
) -> None:
    words = told(inventory, firmware=firmware)
    assert any("is under 7.2.62" in word for word in words) is is_old
    assert not any("is under" in word for word in told(inventory, "other", firmware=firmware))


def test_what_is_no_version_is_told(inventory: Inventory) -> None:
    assert told(inventory, firmware="<html>") == ["its firmware says '<html>', which is no version"]


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ("2026-12-21T02:00:00Z", []),
        ("2026-12-21T01:59:59Z", ["its certificate ends at 2026-12-21T01:59:59Z"]),
        ("2026-11-21T01:59:59Z", ["its certificate ended at 2026-11-21T01:59:59Z"]),
    ],
)
def test_a_certificate_has_thirty_days(inventory: Inventory, ends: str, words: list[str]) -> None:
    assert told(inventory, certificate_ends=ends) == words


@pytest.mark.parametrize(("keys", "count"), [(14, 0), (15, 1), (16, 1)])
def test_more_than_fourteen_keys_are_many(inventory: Inventory, keys: int, count: int) -> None:
    assert len(told(inventory, api_keys=keys)) == count


def test_silence_is_a_finding_but_where_it_is_told_elsewhere(inventory: Inventory) -> None:
    silence = Unread("loadmaster/other", "nobody listens", 3)
    answer = Actual("n1", FACTS, silent=(silence,))
    (found,) = findings(inventory, [answer])
    assert (found.where, found.what) == ("loadmaster/other", "nobody listens")
    assert list(findings(inventory, [answer], {"loadmaster/other"})) == []


def test_a_node_is_believed_only_of_its_own_devices(inventory: Inventory) -> None:
    place = Address("loadmaster", "kept", "automated-backup")
    silence = Unread("loadmaster/other", "nobody listens", 3)
    told = Resource(place, {"hour": 3}, connector="n2")
    answer = Actual(
        "n2",
        FACTS,
        (told,),
        {place: Applied({"hour": 4})},
        devices={"kept": GOOD},
        silent=(silence,),
    )
    other = trusted(inventory, answer)
    assert (other.resources, other.applied) == ((), {})
    assert list(findings(inventory, [other])) == []
    own = trusted(inventory, replace(answer, target="n1"))
    assert (own.resources, own.applied) == ((), {}), "its schedule is not managed"
    assert [each.what for each in findings(inventory, [own])] == ["nobody listens"]

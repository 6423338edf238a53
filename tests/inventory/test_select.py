from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.errors import InventoryError
from holdfast.inventory.select import promises
from holdfast.problem import Place
from inventory.writing import appliance, configuration, dataset, file, loaded, right, server

if TYPE_CHECKING:
    from random import Random

    from holdfast.inventory.inventory import Inventory


def ids(inventory: Inventory) -> list[str]:
    return [promise.id for promise in promises(inventory)]


def estate() -> dict[str, object]:
    """Return an inventory with a few more servers and LoadMasters."""
    tree = right()
    tree["servers"]["db01"] = server(3, tier="gold", site="brn")
    tree["servers"]["db02"] = server(4, site="brn")
    tree["loadmasters"]["lm2"] = appliance(2, site="brn")
    return tree


@pytest.mark.parametrize(
    ("source", "chosen"),
    [
        ("web01:1", "web01:1"),
        ("web*:1", "web01:1 web02:1"),
        ("db0[1]:*", "db01:1 db01:2"),
        ("*:2", "db01:2 db02:2 web01:2 web02:2"),
        ("db0?:[!1]", "db01:2 db02:2"),
        ({"servers": {"tier": "gold"}, "disks": [1]}, "db01:1 web01:1"),
        ({"servers": {"tier": "gold", "site": "brn"}}, "db01:1 db01:2"),
        ({"servers": {}, "disks": [2]}, "db01:2 db02:2 web01:2 web02:2"),
    ],
)
def test_a_source_stands_for_disks(source: object, chosen: str, tmp_path: Path) -> None:
    inventory = loaded(tmp_path, a=estate() | {"definitions": [file(source)]})
    assert ids(inventory) == [f"daily@{target}" for target in chosen.split()]


@pytest.mark.parametrize(
    ("source", "chosen"),
    [
        ("lm1", "lm1"),
        ("lm*", "lm1 lm2"),
        ("*", "lm1 lm2"),
        ({"loadmasters": {"site": "brn"}}, "lm2"),
        ({"loadmasters": {}}, "lm1 lm2"),
    ],
)
def test_a_source_stands_for_loadmasters(source: object, chosen: str, tmp_path: Path) -> None:
    inventory = loaded(tmp_path, a=estate() | {"definitions": [configuration(source)]})
    assert ids(inventory) == [f"nightly@{target}" for target in chosen.split()]
    assert {promise.node for promise in promises(inventory)} == {"n1"}


def test_a_source_chosen_twice_counts_once(tmp_path: Path) -> None:
    one = file("web01:2", "web*:2", {"servers": {}, "disks": [2]})
    inventory = loaded(tmp_path, a=right() | {"definitions": [one]})
    assert ids(inventory) == ["daily@web01:2", "daily@web02:2"]


@pytest.mark.parametrize(
    "definition",
    [
        file("db*:1", optional=True),
        file({"servers": {"tier": "lead"}, "optional": True}),
        configuration({"loadmasters": {"site": "x"}, "optional": True}),
        configuration("f5-*", optional=True),
    ],
)
def test_a_selector_may_match_nothing_if_it_says_so(definition: object, tmp_path: Path) -> None:
    assert ids(loaded(tmp_path, a=right() | {"definitions": [definition]})) == []


def test_an_exact_name_is_never_optional(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="unknown server `db01`"):
        loaded(tmp_path, a=right() | {"definitions": [file("db01:1", optional=True)]})


def test_an_entry_that_is_wrong_itself_is_not_called_unknown_too(tmp_path: Path) -> None:
    tree = right() | {"definitions": [file("web01:1", {"servers": {"tier": "gold"}})]}
    tree["servers"]["web01"]["uuid"] = "x"
    with pytest.raises(InventoryError) as caught:
        loaded(tmp_path, a=tree)
    assert [problem.path for problem in caught.value.problems] == ["servers.web01.uuid"]


def test_former_names_come_in_every_combination(tmp_path: Path) -> None:
    tree = right()
    tree["servers"]["web01"]["was"] = ["www", "web"]
    tree["loadmasters"]["lm1"]["was"] = ["lm"]
    tree["definitions"] = [dataset("web*:1", was=["hourly"]), configuration("lm1")]
    disk, other, appliance_ = promises(loaded(tmp_path, a=tree))
    assert set(disk.was) == {
        "daily@www:1",
        "daily@web:1",
        "hourly@web01:1",
        "hourly@www:1",
        "hourly@web:1",
    }
    assert other.was == ("hourly@web02:1",)
    assert appliance_.was == ("nightly@lm",)


SOURCES = [f"{name}:{disk}" for name in ("web01", "web02", "db01", "db02") for disk in (1, 2)]


@settings(max_examples=20)
@given(st.lists(st.sampled_from(SOURCES), unique=True), st.randoms(), st.integers(1, 3))
def test_the_order_of_files_and_entries_changes_nothing(
    sources: list[str], random: Random, count: int
) -> None:
    tree = estate() | {"definitions": [file(source) for source in sources]}
    tree["definitions"] += [configuration("lm*"), file({"servers": {"tier": "gold"}}, name="x")]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        assert _told(loaded(Path(one), a=tree)) == _told(
            loaded(Path(other), **_shuffled(tree, random, count))
        )


def _told(inventory: Inventory) -> list[object]:
    """Return the promises without the lines that they stand in."""
    return [replace(promise, place=Place("", 0, 0)) for promise in promises(inventory)]


def _shuffled(tree: dict[str, object], random: Random, count: int) -> dict[str, dict[str, object]]:
    """Return the same entries, dealt out to files in another order."""
    files: list[dict[str, object]] = [{} for _ in range(count)]
    for section, entries in tree.items():
        if section == "inventory":
            random.choice(files)[section] = entries
            continue
        whole = list(entries.items()) if isinstance(entries, dict) else list(entries)
        for entry in random.sample(whole, len(whole)):
            place = random.choice(files)
            if isinstance(entries, dict):
                place.setdefault(section, {})[entry[0]] = entry[1]
            else:
                place.setdefault(section, []).append(entry)
    return {f"f{number}": held for number, held in enumerate(files) if held}

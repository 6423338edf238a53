"""What a plan says of backups when a definition's storage, zone or retention changes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cli.desk import agent, consent, names
from holdfast.agent.backups import manifest, signature
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


@pytest.fixture(scope="module")
def made(applied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a node on which daily@web01:1 has made three backups."""
    root = tmp_path_factory.mktemp("made") / "n1"
    shutil.copytree(applied / "n1", root, symlinks=True)
    for _ in range(3):
        assert agent(root, "run", "lab", "daily@web01:1") == 0
    return root


@pytest.fixture
def three(settled: Desk, made: Path) -> Desk:
    shutil.rmtree(settled.node("n1"))
    shutil.copytree(made, settled.node("n1"), symlinks=True)
    return settled


def test_moving_to_an_empty_storage_loses_nothing(three: Desk) -> None:
    three.inventory["definitions"][0].update(storage="nas", retention=1)
    held = names(three)
    ran = three.write().ok("plan")
    assert "backups lost: 0." in ran.out
    assert "the old ones stay where they are" in ran.out
    three.apply()
    assert agent(three.node("n1"), "run", "lab", "daily@web01:1") == 0
    assert names(three) == held


def test_moving_under_a_new_name_loses_nothing_either(three: Desk) -> None:
    three.inventory["definitions"][0].update(storage="nas", retention=1)
    three.inventory["definitions"][0].update(name="nightly", was=["daily"])
    assert "backups lost: 0." in three.write().ok("plan").out


def test_moving_back_loses_what_lies_there(three: Desk) -> None:
    definition = three.inventory["definitions"][0]
    definition["storage"] = "nas"
    three.apply()
    definition.update(storage="local", retention=2)
    ran = three.write().run("plan", "--detailed-exitcode")
    assert (ran.code, "backups lost: 1." in ran.out) == (10, True)
    assert names(three)[0] in ran.out
    three.ok("apply", "--auto-approve", "--accept", consent(ran.out, "lose"))


def test_another_zone_moves_the_days_and_shows_it(three: Desk) -> None:
    definition = three.inventory["definitions"][0]
    definition.update(retention={"daily": 9}, timezone="Pacific/Kiritimati")
    # Three of one day in Prague; where the day begins first they are of two days.
    for number, name in enumerate(names(three)):
        path = three.node(f"n1/backup/web01/disk1/{name}.json")
        created = datetime(2026, 11, 20, (8, 12, 13)[number], tzinfo=UTC)
        made = manifest.load(str(path), name)._replace(created=created)
        sealed, _ = signature.seal(Layout("lab", str(three.node("n1"))), made)
        path.write_text(sealed.to_text(), encoding="utf-8")
    ran = three.write().run("plan")
    three.ok("apply", "--auto-approve", "--accept", consent(ran.out, "lose"))
    definition["timezone"] = "Europe/Prague"
    ran = three.write().run("plan", "--detailed-exitcode")
    assert ran.code == 10
    assert "backups lost: 2." in ran.out


def test_a_storage_that_is_let_go_tells_what_is_in_it(three: Desk) -> None:
    three.inventory["definitions"][0]["storage"] = "nas"
    del three.inventory["nodes"]["n1"]["storages"]["local"]
    notes = three.write().ok("plan", "--format", "json").json["effects"]["notes"]
    assert (
        "storage local of n1 is forgotten with 3 backups (49152 bytes) in it; they stay in "
        "/backup, but no list shows them any more"
    ) in notes


def test_a_storage_that_moves_tells_what_stays_behind(three: Desk) -> None:
    three.inventory["nodes"]["n1"]["storages"]["local"]["path"] = "/mnt/other"
    ran = three.write().ok("plan")
    assert "storage local of n1 moves to /mnt/other with 3 backups (49152 bytes) in it" in ran.out
    assert "backups lost: 0." in ran.out


def test_an_empty_storage_is_let_go_without_a_word(settled: Desk) -> None:
    del settled.inventory["nodes"]["n1"]["storages"]["nas"]
    settled.inventory["definitions"][2]["storage"] = "local"
    assert "storage nas" not in "".join(
        settled.write().ok("plan", "--format", "json").json["effects"]["notes"]
    )

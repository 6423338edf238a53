"""A LoadMaster's definition as it changes: renamed, smaller, locked, and what the views tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli import shelf
from cli.desk import consent
from cli.test_backup_loadmaster import Appliance, appliance

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["appliance"]
pytestmark = pytest.mark.slow


def owned(desk: Desk) -> dict[str, bool]:
    return {b["name"]: b["owned"] for b in shelf.listed(desk) if b["type"] == "loadmaster"}


def test_a_renamed_loadmaster_keeps_its_backups(appliance: Appliance) -> None:
    desk = appliance.desk
    first = appliance.made()
    known = desk.inventory["loadmasters"]
    known["lm2"] = {**known.pop("lm1"), "was": ["lm1"]}
    appliance.define(sources=["lm2"], retention=1)
    assert owned(desk) == {first: True}
    second = shelf.made(desk, "nightly@lm2")
    assert second.startswith("lm2/")
    assert owned(desk) == {second: True}  # one old one goes for each new one, wherever it lies


def test_its_history_and_its_restores_know_the_earlier_name(appliance: Appliance) -> None:
    desk = appliance.desk
    first = appliance.made()
    known = desk.inventory["loadmasters"]
    known["lm2"] = {**known.pop("lm1"), "was": ["lm1"]}
    appliance.define(sources=["lm2"])
    shelf.made(desk, "nightly@lm2")
    told = desk.run("backup", "log", "lm2", "--identity", appliance.identity).out
    assert f"{first}  " in told
    assert ": nothing changed" in told
    back = desk.run("backup", "restore", first, "--identity", appliance.identity)
    assert "nobody is there to ask: give --yes-destroy lm2" in back.err


def test_fewer_restore_points_are_losses_that_somebody_agrees_to(appliance: Appliance) -> None:
    desk = appliance.desk
    appliance.define(base_every=1)
    names = [appliance.made() for _ in range(3)]
    desk.inventory["definitions"][-1]["retention"] = 1
    told = desk.write().run("plan")
    assert "backups lost: 2." in told.out
    refused = desk.run("apply", "--auto-approve")
    assert refused.code == 10
    desk.ok("apply", "--auto-approve", "--accept", consent(told.out, "lose"))
    newest = appliance.made()
    assert owned(desk) == {newest: True}
    assert newest not in names


def test_what_a_replaced_loadmaster_left_is_listed_as_such(appliance: Appliance) -> None:
    desk = appliance.desk
    first, before = appliance.made(), appliance.device.serial
    appliance.device.serial = "another"
    second = appliance.made()
    assert owned(desk) == {first: False, second: True}
    rows = {line.split()[0]: line for line in desk.ok("backup", "list", "lm1/*").out.splitlines()}
    assert before in rows[first]
    assert "unowned" in rows[first]
    assert "another" in rows[second]
    assert "SERIAL" in rows["BACKUP"]
    told = desk.ok("backup", "diff", first, second, "--identity", appliance.identity).out
    assert "parameter serialnumber" in told


def test_locks_previews_and_explanations_know_its_names(appliance: Appliance) -> None:
    desk = appliance.desk
    name = appliance.made()
    desk.inventory["locks"] = [{"backup": name, "reason": "audit"}]
    desk.apply()
    (told,) = [b for b in shelf.listed(desk) if b["name"] == name]
    assert told["locked"]
    refused = desk.run("backup", "delete", name, "--yes-destroy", name)
    assert "locked" in refused.err
    assert name.partition("/")[2] in desk.ok("retention", "preview", "nightly@lm1").out
    assert "nightly@lm1" in desk.ok("explain", "nightly@lm1").out
    row = next(line for line in desk.ok("status").out.splitlines() if "nightly@lm1" in line)
    assert row.split()[2] == "success"

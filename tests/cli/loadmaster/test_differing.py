"""Devices that differ, fail half-way or are shared: the same state is the same plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.loadmaster.appliances import AUTOMATED, FIRMWARE, declare, parameters, sets
from holdfast.lab.loadmaster.fault import Fault, Kind
from holdfast.lab.loadmaster.firmware import Firmware

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk
    from cli.loadmaster.appliances import Ground
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Estate

pytestmark = pytest.mark.slow

OLD = Firmware.parse("7.2.48.10.1.RELEASE")  # from before the JSON API
HERE = ("--target", "loadmaster/*")


def test_both_apis_say_the_same_of_one_state(settled: Desk, estate: Estate, device: Device) -> None:
    device.firmware = OLD
    declare(settled, estate.sites[0], automated_backup=dict(AUTOMATED))
    settled.apply()
    assert {call.interface for call in device.calls.listed() if call.command == "set"} == {"v1"}
    assert device.value("backuphost") == "bkp01:2222"
    assert "No changes." in settled.ok("plan", *HERE).out
    device.firmware = FIRMWARE
    settled.node("n1/var/lib/holdfast/lab/loadmasters/lm-1.json").unlink()
    device.calls.clear()
    device.switches.off_is_empty = True
    assert "No changes." in settled.ok("plan", *HERE).out
    assert {call.interface for call in device.calls.listed()} == {"v2"}


def test_a_plan_writes_nothing_but_when_it_called(managed: Desk, device: Device) -> None:
    device.configuration.parameters["backuphour"] = "5"

    def lasting() -> dict[str, object]:
        return {path: state for path, state in managed.tree().items() if "/run/" not in path}

    before = lasting()
    for words in (["plan"], ["drift"], ["status"]):
        managed.run(*words)
    assert lasting() == before
    assert sets(device) == 0


def test_what_fails_on_one_device_is_nothing_to_the_next(managed: Desk, ground: Ground) -> None:
    first, second = ground.estate.sites
    declare(managed, second, automated_backup=dict(AUTOMATED))
    managed.apply()
    for site in (first, second):
        site.device.configuration.parameters["backuphour"] = "5"
    first.device.faults.add(Fault(Kind.FORBIDDEN, "set"))
    ran = managed.run("apply", "--auto-approve")
    assert ran.code == 3
    assert ran.out.endswith("Apply: 1 done, 1 failed, 0 stale, 0 skipped.\n")
    assert "does not permit set" in ran.err
    assert [site.device.value("backuphour") for site in (first, second)] == ["5", "3"]


def test_a_write_whose_answer_is_lost_is_found_done_by_the_next_plan(
    managed: Desk, device: Device
) -> None:
    device.configuration.parameters["backuphour"] = "5"
    device.faults.add(Fault(Kind.RESET_AFTER, "set"))
    ran = managed.run("apply", "--auto-approve")
    assert ran.code == 3
    assert "until an apply gets through" in ran.err
    assert sets(device) == 1, "a write is never repeated"
    managed.apply()
    assert "No drift" in managed.ok("drift").out


def test_half_an_answer_is_unknown_and_never_a_schedule_that_is_off(
    managed: Desk, device: Device
) -> None:
    device.faults.add(Fault(Kind.TRUNCATED, "getall", times=None))
    ran = managed.run("plan", *HERE)
    assert ran.code == 3
    assert "? unknown  loadmaster/lm-1/automated-backup: " in ran.out
    assert "enable" not in ran.out


def test_what_no_inventory_could_mean_is_told(managed: Desk, device: Device) -> None:
    device.configuration.parameters["backupday"] = "9"
    ran = managed.run("plan", *HERE)
    assert ran.code == 3
    assert "the device says '9' of `backupday`" in ran.out


def test_a_renamed_device_keeps_its_schedule_in_one_apply(managed: Desk, device: Device) -> None:
    entries = managed.inventory["loadmasters"]
    entries["edge"] = {**entries.pop("lm-1"), "was": ["lm-1"]}
    before = parameters(device)
    managed.apply()
    assert "No changes: what is there" in managed.ok("plan", "--detailed-exitcode").out
    assert parameters(device) == before


def test_another_inventory_may_look_at_the_same_device(
    managed: Desk, device: Device, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    text = (tmp_path / "inventory/inventory.yaml").read_text(encoding="utf-8")
    (other / "inventory.yaml").write_text(text.replace('"id": "lab"', '"id": "lab2"'))
    managed.ok("apply", "--auto-approve", "-i", "other")
    assert "No drift" in managed.ok("drift").out
    assert device.value("backuphour") == "3"


def test_managed_again_after_a_while_it_gets_the_new_password(
    managed: Desk, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = managed.inventory["loadmasters"]["lm-1"].pop("automated_backup")
    managed.apply()
    monkeypatch.setenv("LM_SFTP", "canary-of-another-day")
    managed.inventory["loadmasters"]["lm-1"]["automated_backup"] = declared
    managed.apply()
    assert device.value("backuppassword") == "canary-of-another-day"
    assert "No changes." in managed.ok("plan", *HERE).out

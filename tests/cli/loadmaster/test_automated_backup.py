"""The schedule that a LoadMaster keeps by itself: planned, applied and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.loadmaster.appliances import AUTOMATED, PASSWORD, declare, parameters, sets

if TYPE_CHECKING:
    from cli.desk import Desk
    from cli.loadmaster.appliances import Ground
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Estate

pytestmark = pytest.mark.slow

ADDRESS = "loadmaster/lm-1/automated-backup"


def edit(desk: Desk, **fields: str) -> Desk:
    desk.inventory["loadmasters"]["lm-1"]["automated_backup"].update(fields)
    return desk.write()


def settle(desk: Desk) -> None:
    assert "No changes: what is there" in desk.ok("plan", "--detailed-exitcode").out
    assert "No drift" in desk.ok("drift").out


def test_one_apply_is_enough(settled: Desk, estate: Estate, device: Device) -> None:
    declare(settled, estate.sites[0], automated_backup=dict(AUTOMATED))
    plan = settled.ok("plan").out
    assert f"+ create   {ADDRESS}  [change]  inventory/inventory.yaml" in plan
    assert "sftp to lm@bkp01:2222:/lm; what it has now: (known after apply)" in plan
    assert device.calls.listed() == [], "nobody calls a device that no apply made known"
    ran = settled.apply()
    assert parameters(device) == {
        "enable": "yes", "day": "0", "hour": "3", "minute": "10", "host": "bkp01:2222",
        "method": "sftp", "user": "lm", "password": PASSWORD, "ident": None, "path": "/lm",
    }  # fmt: skip
    assert PASSWORD not in ran.out + ran.err + plan
    settle(settled)


def test_a_change_by_hand_is_drift_and_an_apply_mends_no_more_than_it(
    managed: Desk, device: Device
) -> None:
    device.configuration.parameters["backuphour"] = "5"
    device.calls.clear()
    ran = managed.run("drift")
    assert ran.code == 2
    assert f"~ update   {ADDRESS}  [drift]" in ran.out
    assert "hour: 5 → 3" in ran.out
    assert sets(device) == 0
    managed.apply()
    assert sets(device) == 1
    settle(managed)


def test_what_the_inventory_does_not_name_is_not_managed(
    settled: Desk, estate: Estate, device: Device
) -> None:
    declare(settled, estate.sites[0])
    settled.apply()
    device.configuration.parameters["backuphour"] = "7"
    settle(settled)
    assert ADDRESS not in settled.ok("plan", "--format", "json").out
    assert sets(device) == 0


def test_managing_one_that_was_there_is_a_change_and_no_drift(
    settled: Desk, estate: Estate, device: Device
) -> None:
    declare(settled, estate.sites[0])
    settled.apply()
    declare(settled, estate.sites[0], automated_backup=dict(AUTOMATED))
    assert "No drift" in settled.ok("drift").out
    assert f"~ update   {ADDRESS}  [change]" in settled.ok("plan").out
    settled.apply()
    settle(settled)
    device.configuration.parameters["backuphost"] = "elsewhere"
    assert settled.run("drift").code == 2


def test_no_longer_named_it_stays_as_it_is(managed: Desk, device: Device) -> None:
    before = parameters(device)
    del managed.inventory["loadmasters"]["lm-1"]["automated_backup"]
    managed.apply()
    settle(managed)
    assert parameters(device) == before


def test_off_is_managed_and_off(managed: Desk, device: Device) -> None:
    edit(managed, enable="false")
    assert "enable: true → false" in managed.ok("plan").out
    managed.apply()
    assert device.value("backupenable") == "no"
    device.configuration.parameters["backupenable"] = "yes"
    assert managed.run("drift").code == 2


def test_a_new_password_is_written_and_never_shown(
    managed: Desk, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_SFTP", "canary-of-tomorrow")
    ran = managed.ok("plan")
    assert "password_version: 1 → 2" in ran.out
    done = managed.apply()
    assert device.value("backuppassword") == "canary-of-tomorrow"
    assert device.value("backupenable") == "yes"
    settle(managed)
    assert "canary" not in ran.out + ran.err + done.out + done.err


def test_a_job_without_the_password_still_compares_the_rest(
    managed: Desk, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LM_SFTP")
    assert ADDRESS not in managed.ok("plan").out
    device.configuration.parameters["backupminute"] = "59"
    assert "minute: 59 → 10" in managed.run("drift").out


def test_credentials_follow_where_somebody_changed_the_login(managed: Desk, device: Device) -> None:
    device.configuration.parameters |= {"backupuser": "mallory", "backuppassword": "theirs"}
    managed.apply()
    assert device.value("backuppassword") == PASSWORD
    settle(managed)


def test_a_mask_is_never_written(managed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_SFTP", "********")
    ran = managed.write().run("apply", "--auto-approve")
    assert ran.code == 3
    assert "nothing but asterisks" in ran.out + ran.err


def test_firmware_that_wants_it_enabled_first_gets_it_so(
    settled: Desk, estate: Estate, device: Device
) -> None:
    device.switches.enable_backup_first = True
    declare(settled, estate.sites[0], automated_backup={**AUTOMATED, "enable": "false"})
    settled.apply()
    assert (device.value("backupenable"), device.value("backupuser")) == ("no", "lm")
    settle(settled)


def test_another_address_takes_one_apply(managed: Desk, ground: Ground, device: Device) -> None:
    del managed.inventory["loadmasters"]["lm-2"]
    second = ground.estate.sites[1]
    entry = managed.inventory["loadmasters"]["lm-1"]
    entry |= {"address": second.address, "api_key": "env/KEY_LM_2"}
    entry["tls"] = {"sha256": second.device.identity.sha256}
    before = parameters(device)
    managed.apply()
    assert second.device.value("backuppassword") == PASSWORD
    assert parameters(device) == before
    settle(managed)


def test_a_device_may_be_the_target_by_its_address(managed: Desk, device: Device) -> None:
    device.configuration.parameters["backuphour"] = "5"
    ran = managed.ok("plan", "--target", "loadmaster/lm-1/*")
    assert "hour: 5 → 3" in ran.out
    device.calls.clear()
    managed.ok("plan", "--target", "node/n1/agent")
    assert device.calls.listed() == []


def test_a_saved_plan_of_a_device_is_refused_when_it_changed_since(
    managed: Desk, device: Device
) -> None:
    device.configuration.parameters["backuphour"] = "5"
    managed.ok("plan", "-o", "saved.json")
    device.configuration.parameters["backuphour"] = "6"
    ran = managed.run("apply", "saved.json")
    assert ran.code == 13
    assert device.value("backuphour") == "6"


def test_an_explanation_says_what_is_compared(managed: Desk) -> None:
    ran = managed.ok("explain", ADDRESS)
    assert "every day at 03:10, by the device's own clock" in ran.out
    assert "password (env/LM_SFTP)" in ran.out
    told = managed.ok("explain", ADDRESS, "--format", "json").json
    assert (told["connector"], told["schedule"]["hour"]) == ("n1", 3)
    assert f"did you mean {ADDRESS}?" in managed.run("explain", ADDRESS.replace("-1", "-2")).err

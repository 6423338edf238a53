"""What is wrong with LoadMasters themselves: found by plan, drift and status, never a full stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.loadmaster.appliances import declare
from holdfast.lab.loadmaster.firmware import Firmware

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.desk import Desk
    from cli.loadmaster.appliances import Ground
    from holdfast.lab.loadmaster.device import Device

pytestmark = pytest.mark.slow


def api_off(device: Device) -> None:
    device.configuration.parameters["enableapi"] = "no"


def key_rejected(device: Device) -> None:
    for user in device.configuration.users.values():
        user.keys.clear()


def other_certificate(device: Device) -> None:
    device.change_certificate()


SILENT: dict[str, tuple[Callable[[Device], object], int, str]] = {
    "api off": (api_off, 3, "API switched off"),
    "key rejected": (key_rejected, 12, "rejects the login"),
    "other certificate": (other_certificate, 3, "serves another certificate"),
}


@pytest.mark.parametrize("name", SILENT)
def test_a_device_that_cannot_be_read_is_unknown_and_all_else_goes_on(
    managed: Desk, ground: Ground, name: str
) -> None:
    break_it, code, words = SILENT[name]
    break_it(ground.estate.sites[0].device)
    managed.inventory["definitions"][0]["retention"] = "15"
    ran = managed.write().run("plan")
    assert ran.code == code
    assert "? unknown  loadmaster/lm-1/automated-backup: " in ran.out
    assert words in ran.out
    assert "~ update   node/n1/definition/daily@web01:1" in ran.out
    drift = managed.run("drift")
    assert (drift.code, words in drift.out) == (code, True)
    assert "No drift" not in drift.out
    applied = managed.run("apply", "--auto-approve")
    assert applied.code == code
    assert "1 done, 0 failed" in applied.out
    status = managed.run("status", "--check")
    assert status.code == 2
    assert "finding: loadmaster/lm-1: " in status.err
    assert words in status.err


def many_keys(device: Device) -> None:
    (user,) = device.configuration.users.values()
    while len(user.keys) < 15:
        user.add_key()


def old_firmware(device: Device) -> None:
    device.firmware = Firmware.parse("7.2.59.1.1.RELEASE")


def plain_ftp(device: Device) -> None:
    device.configuration.parameters |= {"backupenable": "yes", "backupmethod": "wput"}


FINDINGS: dict[str, tuple[Callable[[Device], object], str]] = {
    "keys": (many_keys, "15 of 16 API keys"),
    "firmware": (old_firmware, "has CVE-2024-1212"),
    "ftp": (plain_ftp, "in clear, by ftp"),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_told_and_counts_in_drift_and_status(
    managed: Desk, ground: Ground, name: str
) -> None:
    break_it, words = FINDINGS[name]
    break_it(ground.estate.sites[1].device)
    plan = managed.ok("plan")
    assert "! finding  loadmaster/lm-2: " in plan.out
    assert words in plan.out
    drift = managed.run("drift")
    assert (drift.code, words in drift.out) == (2, True)
    assert managed.run("status", "--check").code == 2
    status = managed.ok("status")
    assert "finding: loadmaster/lm-2: " in status.err
    assert words in status.err
    for site in ground.estate.sites:
        assert site.api_key not in plan.out + plan.err + drift.out + status.out + status.err


def test_a_certificate_that_ends_soon_is_a_finding(managed: Desk, ground: Ground) -> None:
    site = ground.estate.sites[1]
    site.device.change_certificate(20)
    declare(managed, site)
    managed.apply()
    ran = managed.run("drift")
    assert ran.code == 2
    assert "loadmaster/lm-2: its certificate ends at 20" in ran.out


def test_a_silent_device_that_is_only_looked_at_is_a_finding(managed: Desk, ground: Ground) -> None:
    api_off(ground.estate.sites[1].device)
    plan = managed.ok("plan")
    assert "! finding  loadmaster/lm-2: has its API switched off (404" in plan.out
    assert managed.run("drift").code == 2


def test_devices_come_and_go_with_an_empty_plan_after_each(managed: Desk) -> None:
    devices = managed.inventory.pop("loadmasters")
    for there in ({}, devices):
        managed.inventory["loadmasters"] = there
        managed.apply()
        assert "No changes: what is there" in managed.ok("plan", "--detailed-exitcode").out
        assert "No drift" in managed.ok("drift").out


def test_firmware_under_the_minimum_matters_where_it_is_backed_up(
    managed: Desk, ground: Ground
) -> None:
    ground.estate.sites[1].device.firmware = Firmware.parse("7.2.59.2.1.RELEASE")
    settled = managed.ok("drift")
    assert "No drift" in settled.out

"""`import loadmaster`: a device as YAML, trusted once somebody has compared its certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.loadmaster.appliances import parameters, sets

if TYPE_CHECKING:
    from cli.desk import Desk, Ran
    from holdfast.lab.loadmaster.estate import Estate

pytestmark = pytest.mark.slow


def ask(desk: Desk, estate: Estate, *more: str, connector: str = "n1") -> Ran:
    site, _ = estate.sites
    words = ("--connector", connector, "--api-key", "env/KEY_LM_1")
    return desk.run("import", "loadmaster", site.address, *words, *more)


def test_what_is_imported_is_applied_without_a_change_of_the_device(
    settled: Desk, estate: Estate
) -> None:
    site, _ = estate.sites
    site.device.configuration.parameters |= {
        "backupenable": "yes", "backupday": "7", "backuphour": "23", "backupminute": "59",
        "backuphost": "10.0.0.9:2222", "backupmethod": "scp", "backupuser": "0123",
        "backuptop": "yes", "backupnetstat": "no", "backuppassword": "set by hand",
    }  # fmt: skip
    before = parameters(site.device)
    pin = site.device.identity.sha256
    ran = ask(settled, estate, "--sha256", pin, "-o", "inventory/lm.yaml")
    assert ran.code == 0, ran
    assert not [
        name for name, (_, _, content) in settled.tree().items() if site.api_key.encode() in content
    ]
    settled.ok("validate")
    settled.ok("apply", "--auto-approve")
    assert "No changes: what is there" in settled.ok("plan").out
    assert sets(site.device) == 0
    assert parameters(site.device) == before
    assert site.api_key not in ran.out + ran.err
    site.device.configuration.parameters["backuphour"] = "1"
    assert settled.run("drift").code == 2


def test_nobody_is_trusted_unseen(settled: Desk, estate: Estate) -> None:
    ran = ask(settled, estate)
    assert ran.code == 64
    assert "trust on first use" in ran.err
    assert f"give --sha256 {estate.sites[0].device.identity.sha256}" in ran.err
    assert estate.sites[0].device.calls.listed() == [], "nothing was sent"
    assert ran.out == ""


def test_another_certificate_than_the_given_gets_no_key(settled: Desk, estate: Estate) -> None:
    ran = ask(settled, estate, "--sha256", "ab" * 32)
    assert ran.code == 1
    assert "serves another certificate" in ran.err
    assert estate.sites[0].device.identity.sha256 in ran.err
    assert estate.sites[0].device.calls.listed() == []


def test_a_key_that_is_not_here_or_no_reference(
    settled: Desk, estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEY_LM_1")
    assert ask(settled, estate, "--sha256", "ab" * 32).code == 12
    monkeypatch.setenv("HOLDFAST_API_KEY", "canary-key-itself")
    address = estate.sites[0].address
    ran = settled.run("import", "loadmaster", address, "--connector", "n1")
    assert ran.code == 64
    assert "canary" not in ran.err


def test_a_schedule_that_yaml_cannot_say_is_left_out_and_told(
    settled: Desk, estate: Estate
) -> None:
    site, _ = estate.sites
    site.device.configuration.parameters |= {"backupuser": "x" * 70}
    ran = ask(settled, estate, "--sha256", site.device.identity.sha256, "--name", "edge")
    assert "# Its automated backup is left out: user cannot be said here." in ran.out
    assert "automated_backup:" not in ran.out
    assert "  edge:\n" in ran.out


def test_what_backs_a_device_up_comes_back_from_its_node(managed: Desk) -> None:
    nightly = {"name": "nightly", "sources": ["lm-1", "lm-2"], "storage": "local"}
    nightly |= {"schedule": "15 1 * * *", "retention": "9", "encrypt_to": "none"}
    managed.inventory["definitions"].append(nightly)
    managed.apply()
    managed.inventory["definitions"].pop()
    devices = managed.inventory.pop("loadmasters")
    ran = managed.write().ok("import", "crontab", "n1")
    assert "# LoadMaster lm-2 is not in the inventory: holdfast import loadmaster" in ran.out
    managed.inventory["loadmasters"] = devices
    managed.write().ok("import", "crontab", "n1", "-o", "inventory/n1.yaml")
    assert "No changes: what is there" in managed.ok("plan", "--detailed-exitcode").out
    written = managed.node("inventory/n1.yaml").read_text(encoding="utf-8")
    assert "  sources: [lm-1, lm-2]\n  storage: local\n" in written

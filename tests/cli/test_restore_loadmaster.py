"""`backup restore` of a LoadMaster on the command line, by a real connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.test_backup_loadmaster import Appliance, appliance

if TYPE_CHECKING:
    from cli.desk import Ran

__all__ = ("appliance",)
pytestmark = pytest.mark.slow


def restore(appliance: Appliance, name: str, *words: str) -> Ran:
    return appliance.desk.run("backup", "restore", name, "--identity", appliance.identity, *words)


def test_a_restore_asks_for_the_name_and_saves_what_was_there(appliance: Appliance) -> None:
    name = appliance.made()
    with appliance.device.lock:
        appliance.device.configuration.set("hostname", "spoilt")
    unasked = restore(appliance, name)
    assert unasked.code == 64
    assert "nobody is there to ask: give --yes-destroy lm1" in unasked.err
    assert "lm2 is not lm1" in restore(appliance, name, "--yes-destroy", "lm2").err
    assert appliance.device.value("hostname") == "spoilt"
    done = restore(appliance, name, "--yes-destroy", "lm1", "--parts", "base,vs")
    assert done.code == 0, done
    assert f"{name}: restored to lm1" in done.err
    assert "what was there before is lm1/nightly-" in done.err
    assert appliance.device.value("hostname") == "lm-1"


def test_what_cannot_be_meant_is_said_before_anything_is_done(appliance: Appliance) -> None:
    name = appliance.made()
    before = len(appliance.device.calls.listed())
    for words, code, said in (
        (("--parts", ""), 64, "'' is no part"),
        (("--parts", "disk"), 64, "'disk' is no part: they are base, vs, geo, sso, all"),
        (("--to", "lm9"), 1, "there is no LoadMaster lm9"),
        (("--to-file", "/srv/x"), 64, "goes to a LoadMaster"),
    ):
        ran = restore(appliance, name, "--yes-destroy", "lm1", *words)
        assert (ran.code, said in ran.err) == (code, True), ran
    plain = appliance.desk.run("backup", "restore", name, "--yes-destroy", "lm1")
    assert plain.code == 12
    assert "is encrypted: give --identity FILE" in plain.err
    assert len(appliance.device.calls.listed()) == before


def test_what_the_device_did_not_confirm_is_not_called_restored(appliance: Appliance) -> None:
    name = appliance.made()
    appliance.device.switches.drop_after_base = True
    done = restore(appliance, name, "--yes-destroy", "lm1", "--parts", "base")
    assert done.code == 3, done
    assert f"{name}: sent to lm1" in done.err
    assert "before it said that the restore was done: look whether it was" in done.err


def test_certificates_are_opened_by_the_same_identity(
    appliance: Appliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_PASSPHRASE", "Passphrase7")
    device = appliance.desk.inventory["loadmasters"]["lm1"]
    device["certificates"] = {"passphrase": "env/LM_PASSPHRASE"}
    appliance.desk.apply()
    name = appliance.made()
    held = dict(appliance.device.certificates.services)
    appliance.device.certificates.services.clear()
    words = ("--yes-destroy", "lm1", "--parts", "certificates", "--accept", "no-safety-backup")
    done = restore(appliance, name, *words)
    assert done.code == 0, done
    assert "what was there before" not in done.err
    assert appliance.device.certificates.services == held

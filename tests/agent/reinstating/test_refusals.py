"""What is refused before a device is sent anything, and what it refuses itself."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.age.test_keys import IDENTITY
from agent.reinstating.counter import UNSAVED, restore, sent, unchanged
from holdfast.agent.age import file as age
from holdfast.agent.age import header, keys
from holdfast.lab.loadmaster.fault import Fault, Kind
from holdfast.lab.loadmaster.firmware import Firmware
from lab.loadmaster.test_restore import upset

if TYPE_CHECKING:
    from agent.jobs.pulling import Pulling

pytestmark = pytest.mark.slow  # a device is called five times a second


def test_without_a_safety_backup_nothing_is_changed(pulling: Pulling) -> None:
    pulling.device.faults.add(Fault(Kind.CUT_ARCHIVE, "backup"))
    told = restore(pulling, accept=["unsigned"], agent=True)
    unchanged(pulling, told, "was not backed up before (failed: ")
    path = pulling.desk.root / "etc/holdfast/prg/definitions/nightly@lm-1.json"
    path.unlink()
    unchanged(pulling, restore(pulling, accept=["unsigned"]), "no definition of this node backs")


def test_other_firmware_or_ha_mode_is_refused_unless_accepted(pulling: Pulling) -> None:
    pulling.device.firmware = Firmware.parse("7.2.64.1")
    unchanged(pulling, restore(pulling), "its firmware is 7.2.64.1")
    pulling.device.configuration.set("hamode", "1")
    unchanged(pulling, restore(pulling), "its HA mode is 1, the backup's 0")
    told = restore(pulling, "vs", accept=[*UNSAVED, "firmware-mismatch"])
    assert told["type"] == "result", told


def test_a_stranger_s_manifest_is_refused_unless_accepted(pulling: Pulling) -> None:
    Path(pulling.desk.layout.identity).rename(pulling.desk.root / "another-node-s")
    unchanged(pulling, restore(pulling, accept=["no-safety-backup"]), "--accept unsigned")


def test_a_file_that_is_not_what_it_was_is_not_sent(pulling: Pulling) -> None:
    (archive,) = pulling.folder.glob("*.lm")
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    unchanged(pulling, restore(pulling), f"lm-1/{archive.stem} cannot be read: ")
    archive.write_bytes(whole[:-1])
    unchanged(pulling, restore(pulling), "is lost")


def test_an_encrypted_one_needs_its_key(pulling: Pulling) -> None:
    pulling.define(base_every=1)
    assert pulling.run().status == "success"
    unchanged(pulling, restore(pulling), "give an identity that opens it")
    (archive,) = pulling.folder.glob("*.lm.age")
    raw, _ = header.split([archive.read_bytes()])
    key = base64.b64encode(age.unwrap(raw, [keys.Identity.parse(IDENTITY)])).decode()
    wrong = base64.b64encode(bytes(16)).decode()
    unchanged(pulling, restore(pulling, file_key=wrong), "")
    upset(pulling.device)
    assert restore(pulling, file_key=key)["type"] == "result"
    assert pulling.device.value("hostname") == "lm-1"


def test_a_device_refuses_in_its_own_words(pulling: Pulling) -> None:
    pulling.device.faults.add(Fault(Kind.REFUSED, "restore"))
    told = restore(pulling)
    assert told["type"] == "failure"
    assert "lm-1: refuses restore (422)" in told["message"]
    assert sent(pulling) == 1

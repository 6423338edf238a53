"""Restoring simulated LoadMasters: what is proven, what is sent, what changes, what does not."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from agent.acts.counter import act, rpc
from agent.acts.counter import asked as request
from agent.age.test_keys import IDENTITY
from agent.desk import Desk
from agent.jobs.pulling import Pulling, opened
from agent.loadmaster.connector import PASSWORD
from holdfast.agent.age import file as age
from holdfast.agent.age import header, keys
from holdfast.lab.loadmaster.configuration import Part
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.fault import Fault, Kind
from holdfast.lab.loadmaster.firmware import Firmware
from lab.loadmaster.test_restore import restored, upset

if TYPE_CHECKING:
    from collections.abc import Iterator

Line = dict[str, Any]
pytestmark = pytest.mark.slow  # a device is called five times a second
UNSAVED = ("unsigned", "no-safety-backup")


@pytest.fixture
def estate() -> Iterator[Estate]:
    with Estate(Order(count=2)) as estate:
        yield estate


@pytest.fixture
def pulling(estate: Estate, tmp_path: Path) -> Pulling:
    """A connector of lm-1 that made a backup of it in clear."""
    pulling = Pulling(Desk(tmp_path), estate.sites[0]).settle(encrypt_to=[], base_every=5)
    assert pulling.run().status == "success"
    return pulling


def restore(pulling: Pulling, parts: str = "all", **changes: Any) -> Line:
    """Restore the newest backup, here or by an `agent` process, and return the last line told."""
    agent = changes.pop("agent", False)
    to = changes.pop("to", "lm-1")
    arguments = {
        "loadmaster": to,
        "destroys": to,
        "parts": parts.split(),
        "accept": list(UNSAVED),
        "file_key": None,
        "base_key": None,
        "certificates_key": None,
        **changes,
    }
    backup = f"lm-1/{pulling.manifests()[-1]['backup']}"
    content = request(pulling.desk, "reinstate", backup, **arguments)
    if not agent:
        return act(pulling.desk, content)
    with rpc(pulling.desk, content) as process:
        out, _ = process.communicate(timeout=120)
    (*_, last, end) = map(json.loads, out.splitlines())
    assert end["type"] == "end"
    return cast("Line", last)


def sent(pulling: Pulling, command: str = "restore") -> int:
    return sum(call.command == command for call in pulling.device.calls.listed())


@pytest.mark.parametrize("parts", ["base", "vs", "geo", "sso", "base vs", "vs geo sso", "all"])
def test_the_parts_that_were_named_are_as_they_were(pulling: Pulling, parts: str) -> None:
    before = copy.deepcopy(pulling.device.configuration)
    upset(pulling.device)
    told = restore(pulling, parts)
    assert told["type"] == "result", told
    assert (told["answered"], told["told"], told["saved"]) == ("lm-1", "", "")
    wanted = Part(15) if parts == "all" else sum((Part[p.upper()] for p in parts.split()), Part(0))
    assert restored(before, pulling.device.configuration) == wanted


def test_an_incremental_is_rebuilt_on_its_base(pulling: Pulling) -> None:
    upset(pulling.device)
    before = copy.deepcopy(pulling.device.configuration)
    assert pulling.run().status == "success"
    assert pulling.manifests()[-1]["kind"] == "incremental"
    pulling.device.configuration.set("hostname", "later")
    assert restore(pulling)["type"] == "result"
    assert restored(before, pulling.device.configuration) == Part(15)


def test_what_is_there_is_backed_up_before(pulling: Pulling) -> None:
    pulling.device.configuration.set("backuppath", "/before-the-restore")
    told = restore(pulling, "vs", accept=["unsigned"], agent=True)
    assert told["type"] == "result", told
    newest = pulling.manifests()[-1]
    assert told["saved"] == f"lm-1/{newest['backup']}"
    assert newest["kind"] == "incremental"
    assert b"/before-the-restore" in opened(
        pulling.folder / newest["loadmaster"]["parts"]["parameters"]["file"]
    )


def test_the_safety_backup_does_not_rotate_away_what_is_restored(pulling: Pulling) -> None:
    pulling.define(encrypt_to=[], base_every=1, retention={"last": 1})
    upset(pulling.device)
    told = restore(pulling, accept=["unsigned"], agent=True)
    assert told["type"] == "result", told
    assert pulling.device.value("hostname") == "lm-1"
    assert len(pulling.manifests()) == 2


def unchanged(pulling: Pulling, told: Line, said: str) -> None:
    """Hold that a restore was refused, saying why, before the device was sent anything."""
    assert told["type"] == "failure", told
    assert said in told["message"]
    assert sent(pulling) == sent(pulling, "restorecert") == 0


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
    unchanged(pulling, restore(pulling), "")
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


def test_a_connection_that_drops_after_the_base_is_a_possible_end(pulling: Pulling) -> None:
    pulling.device.switches.drop_after_base = True
    upset(pulling.device)
    told = restore(pulling)
    assert (told["type"], told["answered"]) == ("result", "lm-1"), told
    assert "ended the connection before it said" in told["told"]
    assert pulling.device.value("hostname") == "lm-1"
    assert sent(pulling) == 1


def test_a_connection_that_drops_without_the_base_is_a_failure_and_not_tried_again(
    pulling: Pulling,
) -> None:
    pulling.device.faults.add(Fault(Kind.RESET_AFTER, "restore"))
    told = restore(pulling, "vs geo sso")
    assert told["type"] == "failure"
    assert "may have been taken over or not, and is not sent again" in told["message"]
    assert sent(pulling) == 1


def test_another_device_takes_the_users_and_keys_of_the_backup_too(
    pulling: Pulling, estate: Estate
) -> None:
    pulling.connector.know(estate.sites[1])
    told = restore(pulling, to="lm-2")
    assert (told["type"], told["answered"]) == ("result", "lm-1"), told
    assert "it takes the login of lm-1 now" in told["told"]
    assert estate.sites[1].device.value("hostname") == "lm-1"
    assert sent(pulling) == 0


def test_a_device_refuses_in_its_own_words(pulling: Pulling) -> None:
    pulling.device.faults.add(Fault(Kind.REFUSED, "restore"))
    told = restore(pulling)
    assert told["type"] == "failure"
    assert "lm-1: refuses restore (422)" in told["message"]
    assert sent(pulling) == 1


def test_certificates_go_back_before_the_configuration(pulling: Pulling) -> None:
    unchanged(pulling, restore(pulling, "certificates"), "holds no certificates")
    pulling.know(certificates=True, **PASSWORD)
    pulling.connector.secret("lm-1.certificates.passphrase", "Passphrase7")
    assert pulling.run().status == "success"
    before = copy.deepcopy(pulling.device.certificates)
    pulling.device.certificates.services.clear()
    told = restore(pulling, "certificates vs")
    assert told["type"] == "result", told
    commands = [call.command for call in pulling.device.calls.listed()]
    assert commands.index("restorecert") < commands.index("restore")
    assert pulling.device.certificates == before

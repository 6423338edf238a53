"""What changes on a simulated LoadMaster that is restored, and what is told of it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from agent.jobs.pulling import Pulling, opened
from agent.loadmaster.connector import PASSWORD
from agent.reinstating.counter import restore, sent, unchanged
from holdfast.agent.loadmaster import given
from holdfast.lab.loadmaster.configuration import Part
from holdfast.lab.loadmaster.fault import Fault, Kind
from lab.loadmaster.test_restore import restored, upset

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.estate import Estate

pytestmark = pytest.mark.slow  # a device is called five times a second


@pytest.mark.parametrize("parts", ["base", "vs", "geo", "sso", "base vs", "vs geo sso", "all"])
def test_the_parts_that_were_named_are_as_they_were(pulling: Pulling, parts: str) -> None:
    before = copy.deepcopy(pulling.device.configuration)
    upset(pulling.device)
    told = restore(pulling, parts)
    assert told["type"] == "result", told
    assert (told["answered"], told["told"], told["saved"]) == ("lm-1", "", "")
    wanted = Part(15) if parts == "all" else sum((Part[p.upper()] for p in parts.split()), Part(0))
    assert restored(before, pulling.device.configuration) == wanted


def test_a_base_brings_older_secrets_so_the_next_apply_writes_its_own(pulling: Pulling) -> None:
    layout = pulling.desk.layout
    serial = pulling.manifests()[-1]["loadmaster"]["serial"]
    pulling.connector.secret("lm-1.automated_backup.password", "a new one")
    given.note(layout, "lm-1", serial, {"password_version": 2, "identity_version": None})
    restore(pulling, "vs geo sso")
    assert given.load(layout, "lm-1", serial)["password_version"] == 2
    restore(pulling, "base")
    assert given.load(layout, "lm-1", serial)["password_version"] is None


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


def test_a_connection_that_drops_after_the_base_is_a_possible_end(pulling: Pulling) -> None:
    pulling.device.switches.drop_after_base = True
    upset(pulling.device)
    told = restore(pulling)
    assert (told["type"], told["answered"]) == ("result", "lm-1"), told
    assert "ended the connection before it said" in told["told"]
    assert told["confirmed"] is False
    assert pulling.device.value("hostname") == "lm-1"
    assert sent(pulling) == 1


def test_a_connection_that_drops_without_the_base_is_a_failure_and_not_tried_again(
    pulling: Pulling,
) -> None:
    pulling.device.faults.add(Fault(Kind.RESET_AFTER, "restore"))
    told = restore(pulling, "vs geo sso", accept=["unsigned"], agent=True)
    assert told["type"] == "failure"
    assert "may have been taken over or not, and is not sent again" in told["message"]
    assert f"what was there before is lm-1/{pulling.manifests()[-1]['backup']}" in told["message"]
    assert sent(pulling) == 1


@pytest.mark.parametrize("kind", [Kind.EMPTY_200, Kind.HTML_200, Kind.RESET_AFTER, Kind.BOOTING])
def test_an_answer_without_a_meaning_leaves_it_open_what_was_done(
    pulling: Pulling, kind: Kind
) -> None:
    pulling.device.faults.add(Fault(kind, "restore"))
    told = restore(pulling, "vs")
    assert told["type"] == "failure"
    assert "may have been taken over or not" in told["message"]
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
    pulling.device.faults.add(Fault(Kind.RESET_AFTER, "restorecert"))
    told = restore(pulling, "certificates vs")
    assert "may have been taken over or not" in told["message"]
    assert [call.command for call in pulling.device.calls.listed()][-1] == "restorecert"


def test_certificates_of_another_passphrase_are_told_as_such(pulling: Pulling) -> None:
    pulling.know(certificates=True)
    pulling.connector.secret("lm-1.certificates.passphrase", "Passphrase7")
    assert pulling.run().status == "success"
    before = copy.deepcopy(pulling.device.certificates)
    pulling.connector.secret("lm-1.certificates.passphrase", "Passphrase8")
    told = restore(pulling, "certificates vs")
    assert told["type"] == "failure", told
    assert "lm-1: refuses restorecert (422)" in told["message"]
    assert "backed up with another passphrase?" in told["message"]
    assert "Passphrase" not in told["message"]
    assert pulling.device.certificates == before
    assert sent(pulling) == 0

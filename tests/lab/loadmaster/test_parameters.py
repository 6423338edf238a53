from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from holdfast.lab.loadmaster.parameters import BACKUP
from lab.loadmaster.raw import WRONG

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw

ENABLE = "/access/set?param=enableapi&value=yes"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = [
    ("backupenable", "yes"), ("backupenable", "0"), ("backupday", "7"), ("backuphour", "23"),
    ("backupminute", "59"), ("backuphost", "bkp01:22"), ("backupmethod", "wput"),
    ("backupmethod", "scp"), ("backupmethod", "sftp"), ("backupsecure", "1"),
    ("backupuser", "lm"), ("backuppath", "/lm"), ("backupnetstat", "no"), ("backuptop", "yes"),
    ("hatimeout", "5"), ("haprefered", "2"),
]  # fmt: skip
BAD = [
    ("backupenable", "maybe"), ("backupday", "8"), ("backupday", "-1"), ("backuphour", "24"),
    ("backupminute", "60"), ("backupminute", "1.5"), ("backupminute", "\u0665"),
    ("backupmethod", "ftp"), ("backupmethod", "SFTP"), ("hatimeout", "0"), ("hamode", "5"),
    ("version", "8"), ("serialnumber", "1"), ("hastatus", "Active"), ("nonsense", "1"),
]  # fmt: skip


@pytest.mark.parametrize("spelling", ["backupmethod", "BackupMethod", "BACKUPMETHOD"])
def test_get_answers_in_the_spelling_that_was_asked_for(raw: Raw, spelling: str) -> None:
    assert raw.get("get", param=spelling).tag(spelling) == "wput"
    assert raw.call("get", param=spelling).json[spelling] == "wput"


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_values_within_their_range_are_kept(raw: Raw, name: str, value: str) -> None:
    assert raw.get("set", param=name, value=value).status == 200
    shown = {"0": "no", "1": "yes"}.get(value, value) if name.endswith(("able", "ure")) else value
    assert raw.get("get", param=name).tag(name) == shown


@pytest.mark.parametrize(("name", "value"), BAD)
def test_other_values_are_refused_and_change_nothing(raw: Raw, name: str, value: str) -> None:
    before = raw.get("getall").body
    for answer in (raw.get("set", param=name, value=value), raw.call("set", param=name, val=value)):
        assert answer.status == 422
    assert raw.get("getall").body == before


def test_a_missing_value_is_400(raw: Raw) -> None:
    assert raw.get("set", param="backuphour").status == 400


def test_an_empty_value_unsets(raw: Raw) -> None:
    raw.get("set", param="backuphost", value="bkp01")
    raw.get("set", param="backuphour", value="5")
    assert raw.get("set", param="backuphost", value="").status == 200
    assert raw.get("set", param="backuphour", value="").status == 200
    everything = raw.get("getall")
    assert everything.tag("backuphost") is None
    assert everything.tag("backuphour") == "0"
    assert raw.get("get", param="backuphost").tag("backuphost") == ""


def test_getall_has_mixed_case_tags_and_no_unset_texts(raw: Raw) -> None:
    everything = raw.get("getall")
    assert everything.tag("MinPassword") == "8"
    assert everything.tag("ntphost") is None
    assert {p.tag for p in BACKUP} <= {tag.tag for tag in everything.data}


@pytest.mark.parametrize("secret", ["backuppassword", "backupident", "emailpassword"])
def test_secrets_are_asterisks_even_when_unset(raw: Raw, secret: str) -> None:
    assert raw.get("getall").tag(secret) == "********"
    assert raw.call("get", param=secret).json[secret] == "********"


def test_a_secret_once_written_is_never_seen_again(raw: Raw, device: Device) -> None:
    raw.call("set", param="backuppassword", value="canary-4711")
    assert device.value("backuppassword") == "canary-4711"
    for answer in (raw.get("getall"), raw.call("getall"), raw.get("get", param="backuppassword")):
        assert b"canary" not in answer.body
    raw.call("set", param="backuppassword", value="********")
    assert device.value("backuppassword") == "********", "who writes the mask back spoils it"


def test_the_private_key_is_written_by_post_alone_and_as_base64(raw: Raw, device: Device) -> None:
    assert raw.get("set", param="backupident", value="S0VZ").status == 422
    body = urlencode({"param": "backupident", "value": "S0VZ"}).encode()
    assert raw.send("POST", "/access/set", body, raw.basic() | FORM).status == 200
    assert device.value("backupident") == "S0VZ"
    assert raw.call("set", param="backupident", value="-----BEGIN").status == 422


def test_a_device_may_insist_that_the_schedule_is_enabled_first(raw: Raw, device: Device) -> None:
    device.switches.enable_backup_first = True
    assert raw.get("set", param="backuphour", value="4").status == 422
    assert raw.get("set", param="backupenable", value="yes").status == 200
    assert raw.get("set", param="backuphour", value="4").status == 200


def test_a_device_with_its_api_off_answers_404_to_everything(raw: Raw) -> None:
    assert raw.call("set", param="enableapi", value="no").status == 200
    for answer in (
        raw.get("getall"),
        raw.call("getall"),
        raw.get("set", param="enableapi", value="1"),
    ):
        assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html")
    other_order = "/access/set?value=yes&param=enableapi"
    assert raw.send("GET", other_order, headers=raw.basic()).status == 404


def test_the_enabling_call_is_heard_though_the_api_is_off(raw: Raw) -> None:
    raw.call("set", param="enableapi", value="no")
    wrong = replace(raw, password=WRONG)
    assert raw.send("GET", ENABLE, headers=wrong.basic()).status == 401
    assert raw.send("GET", ENABLE, headers=raw.basic()).status == 200
    assert raw.call("getall").status == 200

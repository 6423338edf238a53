from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.firmware import Firmware
from lab.loadmaster.raw import client

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw


def test_success_without_data(raw: Raw) -> None:
    answer = raw.call("set", param="backuphour", value=3)
    assert answer.json == {"code": 200, "message": "Command completed ok", "status": "ok"}
    assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_success_with_data_is_flat(raw: Raw) -> None:
    answer = raw.call("get", param="hostname")
    assert answer.json == {"code": 200, "hostname": "lm-1", "status": "ok"}


def test_an_error_has_its_code_in_http_too(raw: Raw) -> None:
    answer = raw.call("get", param="nonsense")
    assert answer.status == 422
    assert answer.json == {"code": 422, "message": "Unknown parameter", "status": "fail"}


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_the_content_type_does_not_matter(raw: Raw, kind: str | None) -> None:
    body = json.dumps({"cmd": "get", "param": "hostname", "apikey": raw.api_key}).encode()
    headers = {"Content-Type": kind} if kind else {}
    assert raw.send("POST", "/accessv2", body, headers).json["hostname"] == "lm-1"


def test_the_rest_of_the_path_is_ignored(raw: Raw) -> None:
    body = json.dumps({"cmd": "get", "param": "hostname", "apikey": raw.api_key}).encode()
    assert raw.send("POST", "/accessv2/backup?x=y", body).json["hostname"] == "lm-1"


def test_only_post_is_taken(raw: Raw) -> None:
    assert raw.send("GET", f"/accessv2?cmd=getall&apikey={raw.api_key}").status == 405


@pytest.mark.parametrize("body", [b"", b"cmd=getall", b"[]", b'{"cmd": 7}', b"{}", b"[" * 100_000])
def test_what_is_no_command_is_400(raw: Raw, body: bytes) -> None:
    answer = raw.send("POST", "/accessv2", body)
    assert answer.status == 400
    assert answer.json["status"] == "fail"


def test_the_case_of_a_command_counts_that_of_an_argument_does_not(raw: Raw) -> None:
    assert raw.call("GetAll").json["message"] == "Unknown command"
    assert raw.call("get", Param="hostname").json["hostname"] == "lm-1"


@pytest.mark.parametrize("name", ["val", "value"])
@pytest.mark.parametrize("value", [7, "7"])
def test_val_and_value_as_numbers_and_as_texts(raw: Raw, name: str, value: object) -> None:
    assert raw.call("set", param="backuphour", **{name: value}).status == 200
    assert raw.call("get", param="backuphour").json["backuphour"] == 7


def test_values_are_typed(raw: Raw) -> None:
    everything = raw.call("getall").json
    assert everything["enableapi"] is True
    assert everything["backupenable"] is False
    assert everything["backupday"] == 0
    assert everything["serialnumber"] == 1270001
    assert everything["version"] == "7.2.63.2.22900.RELEASE"
    assert everything["nameserver"] == ["192.0.2.53", "198.51.100.53"]
    assert everything["code"] == 200
    service = raw.call("showvs", vs=1).json
    assert (service["VSPort"], service["Idletime"], service["ForceL7"]) == ("443", 660, True)


def test_a_flag_that_is_off_may_be_an_empty_text(raw: Raw, device: Device) -> None:
    device.switches.off_is_empty = True
    assert raw.call("get", param="backupenable").json["backupenable"] == ""


def test_true_and_false_are_taken_for_flags(raw: Raw) -> None:
    assert raw.call("set", param="backupenable", value=True).status == 200
    assert raw.get("get", param="backupenable").tag("backupenable") == "yes"


@pytest.mark.parametrize(("firmware", "status"), [("7.2.51.2", 404), ("7.2.52", 200)])
def test_it_is_absent_from_older_firmware(firmware: str, status: int) -> None:
    with Estate(Order(firmware=Firmware.parse(firmware))) as estate:
        raw = client(estate.sites[0])
        assert raw.call("get", param="version").status == status
        assert raw.get("get", param="version").status == 200

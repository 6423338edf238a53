from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_success_with_data(raw: Raw) -> None:
    answer = raw.get("get", param="hostname")
    assert answer.body == (
        b'<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        b'<Response stat="200" code="ok"><Success><Data><hostname>lm-1</hostname></Data>'
        b"</Success></Response>\n"
    )


def test_success_without_data(raw: Raw) -> None:
    answer = raw.get("set", param="backuphour", value="3")
    assert answer.verdict == (200, "200", "ok")
    assert answer.xml.findtext("Success") == "Command completed ok"


def test_an_error_has_its_status_in_http_too(raw: Raw) -> None:
    answer = raw.get("set", param="backuphour", value="25")
    assert answer.verdict == (422, "422", "fail")
    assert answer.error == "Unknown parameter value"


def test_a_missing_argument_is_400(raw: Raw) -> None:
    answer = raw.get("get")
    assert answer.verdict == (400, "400", "fail")
    assert answer.error == "param: String Value missing"


def test_the_content_type_is_exactly_text_xml(raw: Raw) -> None:
    for answer in (raw.get("getall"), raw.get("get")):
        assert answer.headers["Content-Type"] == "text/xml"
        assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_names_are_case_blind_unknown_ones_are_ignored_and_order_is_free(raw: Raw) -> None:
    answer = raw.get("set", VALUE="5", colour="blue", Param="BackupHour")
    assert answer.status == 200
    assert raw.get("get", param="backuphour").tag("backuphour") == "5"


def test_a_form_in_the_body_counts_as_arguments(raw: Raw) -> None:
    body = urlencode({"param": "backuphour", "value": "6"}).encode()
    answer = raw.send("POST", "/access/set", body, raw.basic() | FORM)
    assert answer.status == 200
    assert raw.get("get", param="backuphour").tag("backuphour") == "6"


def test_post_takes_its_arguments_from_the_url_as_well(raw: Raw) -> None:
    assert raw.post("get", b"", param="hostname").tag("hostname") == "lm-1"


def test_an_upload_that_calls_itself_a_form_is_still_a_file(raw: Raw) -> None:
    archive = raw.get("backup").body
    answer = raw.send("POST", "/access/restore?type=2", archive, raw.basic() | FORM)
    assert answer.status == 200


def test_no_question_mark_is_needed_and_an_empty_one_does_no_harm(raw: Raw) -> None:
    assert raw.get("getall").status == 200
    assert raw.send("GET", "/access/getall?", headers=raw.basic()).status == 200


def test_other_methods_are_405(raw: Raw) -> None:
    assert raw.send("PUT", "/access/getall", b"", raw.basic()).status == 405


@pytest.mark.parametrize("status", [422, 405])
def test_an_unknown_command_is_refused_with_the_status_of_the_switch(
    raw: Raw, device: Device, status: int
) -> None:
    device.switches.unknown_command = status
    answer = raw.get("makecoffee")
    assert answer.verdict == (status, str(status), "fail")
    assert answer.error == "Unknown command"


def test_a_long_url_gets_its_connection_reset_and_a_form_does_not(raw: Raw) -> None:
    banner = "x" * 1800
    assert raw.ending("GET", f"/access/set?param=WUIPreauth&value={banner}") == "reset"
    body = urlencode({"param": "WUIPreauth", "value": banner}).encode()
    assert raw.send("POST", "/access/set", body, raw.basic() | FORM).status == 200
    assert raw.get("get", param="WUIPreauth").tag("WUIPreauth") == banner


def test_text_is_latin_1_and_what_does_not_fit_is_a_reference(raw: Raw) -> None:
    raw.get("set", param="SSHPreAuth", value="Grüße <aus> Žilina & so")
    answer = raw.get("get", param="SSHPreAuth")
    assert "Grüße &lt;aus&gt; &#381;ilina &amp; so".encode("iso-8859-1") in answer.body
    assert answer.tag("SSHPreAuth") == "Grüße <aus> Žilina & so"


def test_the_sister_product_writes_ok_in_capitals(raw: Raw, device: Device) -> None:
    device.switches.capital_code = True
    assert raw.get("getall").verdict == (200, "200", "OK")
    assert raw.call("getall").json["status"] == "OK"


def test_what_is_no_api_is_a_page(raw: Raw) -> None:
    answer = raw.send("GET", "/progs/status", headers=raw.basic())
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html")

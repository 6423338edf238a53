"""Each place where an answer says how it went counts: one that says no is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.hostile import APIS, reply, response
from holdfast.agent.loadmaster import errors

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.jsonapi import JsonApi
    from holdfast.agent.loadmaster.xmlapi import XmlApi

JSON, XML = APIS
GOOD = {
    JSON.name: b'{"code":200,"hostname":"lm","status":"ok"}',
    XML.name: b'<Response stat="200" code="ok"><Success><Data><hostname>lm</hostname></Data>'
    b"</Success></Response>",
}


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_a_good_one_is_good(api: JsonApi | XmlApi) -> None:
    assert api.values(reply(response(GOOD[api.name]))) == {"hostname": "lm"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"code":422,"message":"no","status":"ok"}',
        b'{"code":200,"message":"no","status":"fail"}',
        b'{"message":"no","status":"fail"}',
        b'{"code":200,"message":"no"}',
        b'{"code":"422","message":"no","status":"OK"}',
        b'{"code":[200],"message":"no","status":["fail"]}',
    ],
)
def test_json_that_says_no_anywhere_is_refused(body: bytes) -> None:
    with pytest.raises(errors.DeviceError) as caught:
        JSON.values(reply(response(body)))
    assert caught.value.words == "no"
    for part in (b'"data":"QUJD",', b'"data":"",'):
        taken = []
        with pytest.raises(errors.DeviceError):
            taken.extend(JSON.file(reply(response(b"{" + part + body[1:]))))


@pytest.mark.parametrize(
    "body",
    [
        b'<Response stat="422" code="ok"><Success>no</Success></Response>',
        b'<Response stat="200" code="fail"><Success>no</Success></Response>',
        b'<Response stat="200"><Success>no</Success></Response>',
        b'<Response stat="200" code="ok"><Error>no</Error></Response>',
        b'<Response stat="200" code="ok"><Success/><Error>no</Error></Response>',
        b'<Response stat="200" code="ok"></Response>',
        b'<Response stat="x" code="ok"><Success>no</Success></Response>',
        b'<Answer stat="200" code="ok"><Success>no</Success></Answer>',
    ],
)
def test_xml_that_says_no_anywhere_is_refused(body: bytes) -> None:
    for kind in ("text/xml", "application/octet-stream"):
        with pytest.raises(errors.DeviceError):
            XML.values(reply(response(body, kind=kind)))
        with pytest.raises(errors.DeviceError):
            list(XML.file(reply(response(body, kind=kind))))


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
@pytest.mark.parametrize("status", [201, 204, 206, 400, 500])
def test_http_that_says_no_is_enough(api: JsonApi | XmlApi, status: int) -> None:
    with pytest.raises(errors.DeviceError):
        api.values(reply(response(GOOD[api.name], status)))
    with pytest.raises(errors.DeviceError):
        list(api.file(reply(response(b"\x1f\x8bfile", status))))


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_a_success_without_a_file_is_none(api: JsonApi | XmlApi) -> None:
    for body in (GOOD[api.name], b'{"code":200,"data":"","status":"ok"}', b""):
        with pytest.raises(errors.BadAnswer):
            list(api.file(reply(response(body, kind="text/xml"))))


MEANINGS = [
    (200, "", "failed", errors.Rejected),
    (200, "401", "unauthorized", errors.Unauthorized),
    (200, "404", "apiversion", errors.ApiOff),
    (401, "200", "unauthorized", errors.Unauthorized),
    (403, "", "failed", errors.Forbidden),
    (405, "", "apiversion", errors.UnknownCommand),
    (400, "", "failed", errors.Rejected),
    (500, "", "failed", errors.Faulty),
    (503, "", "failed", errors.Booting),
    (302, "", "failed", errors.BadAnswer),
]


@pytest.mark.parametrize(("http", "body", "status", "kind"), MEANINGS)
def test_a_status_has_its_meaning(
    http: int, body: str, status: str, kind: type[errors.DeviceError]
) -> None:
    error = errors.of_answer("lm", "backup", http, body, "its words")
    assert (type(error), error.status) == (kind, status)
    assert "(it says: its words)" in str(error)
    unknown = errors.of_answer("lm", "backup", 422, "", "Unknown Command")
    assert unknown.status == "apiversion"

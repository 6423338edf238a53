from __future__ import annotations

import base64
import copy
import json
import time
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.lab.loadmaster import sample
from holdfast.lab.loadmaster.commands import COMMANDS
from holdfast.lab.loadmaster.device import Device
from holdfast.lab.loadmaster.exchange import Exchange
from holdfast.lab.loadmaster.firmware import DEFAULT, Firmware
from holdfast.lab.loadmaster.parameters import PARAMETERS
from holdfast.lab.loadmaster.switches import Switches
from holdfast.lab.loadmaster.tls import Identity
from holdfast.lab.loadmaster.user import PERMISSIONS, User
from holdfast.lab.loadmaster.wire import Request

USER = User.make("bal", "lab-word", sorted(PERMISSIONS))
KEY = USER.add_key()
IDENTITY = Identity.make("lm-1", "127.0.0.1")
NAMES = ["param", "value", "type", "password", "cert", "vs", "port", "prot", "user", "perms", "key"]
TEXTS = st.one_of(
    st.sampled_from(["", "1", "15", "yes", "full", "intranet", "9" * 5000, "bal", *PARAMETERS]),
    st.text(max_size=12),
)
ARGUMENTS = st.dictionaries(
    st.sampled_from([*NAMES, "fqdn", "domain", "replace"]), TEXTS, max_size=4
)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none() | st.floats(), st.lists, max_leaves=3
)


def device() -> Device:
    made = sample.configuration("lm-1", [copy.deepcopy(USER)])
    switches = Switches(rate_limit=False)
    return Device("lm-1", "1", Firmware.parse(DEFAULT), made, IDENTITY, switches=switches)


def answer(request: Request) -> tuple[int, bytes]:
    reply = Exchange(device(), time.sleep).reply(request)
    return reply.status, reply.body


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), ARGUMENTS, st.binary(max_size=40))
def test_any_call_of_the_xml_api_gets_an_answer(
    command: str, arguments: dict[str, str], body: bytes
) -> None:
    token = base64.b64encode(b"bal:lab-word").decode()
    headers = {"authorization": f"Basic {token}"}
    target = f"/access/{command}?{urlencode(arguments)}"
    status, _ = answer(Request("POST", target, headers, body))
    assert status in (0, 200, 400, 403, 422)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(COMMANDS)),
    st.dictionaries(st.sampled_from([*NAMES, "data", "val"]), VALUES, max_size=4),
)
def test_any_call_of_the_json_api_gets_an_answer(
    command: str, arguments: dict[str, object]
) -> None:
    document = {**arguments, "cmd": command, "apikey": KEY}
    status, body = answer(Request("POST", "/accessv2", {}, json.dumps(document).encode()))
    assert status in (200, 400, 403, 422)
    assert json.loads(body)["code"] == status


@pytest.mark.parametrize(
    "arguments",
    [
        {"cmd": "restore", "type": "9" * 5000, "data": "AAAA"},
        {"cmd": "set", "param": "backuphour", "value": "9" * 5000},
        {"cmd": "get", "param": "\ud800"},
        {"cmd": "getall", "apikey": "\ud800"},
        {"cmd": "getall", "apikey": None},
    ],
)
def test_what_python_stumbles_over_is_refused(arguments: dict[str, object]) -> None:
    document = {"apikey": KEY, **arguments}
    status, _ = answer(Request("POST", "/accessv2", {}, json.dumps(document).encode()))
    assert status in (401, 422)


def test_a_target_that_is_no_url_is_not_found() -> None:
    assert answer(Request("GET", "http://[", {}))[0] == 404


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.binary(max_size=60), st.text(max_size=30))
def test_any_bytes_get_an_answer(path: str, body: bytes, header: str) -> None:
    for target in (f"/access/{quote(path)}", "/accessv2", f"/{path}"):
        request = Request("POST", target, {"authorization": header, "content-type": path}, body)
        assert answer(request)[0] in (0, 400, 401, 404)

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from holdfast.lab.loadmaster.estate import Estate, Order

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw


def order(
    estate: Estate, method: str, path: str, document: object = None, token: str | None = None
) -> tuple[int, Any]:
    url = urlsplit(estate.control_url)
    connection = http.client.HTTPConnection(url.netloc, timeout=60)
    body = None if document is None else json.dumps(document)
    connection.request(method, f"/{token or url.path.strip('/')}/{path}", body)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def test_it_lists_the_devices(estate: Estate) -> None:
    status, (listed,) = order(estate, "GET", "devices")
    assert status == 200
    assert (listed["name"], listed["hastatus"]) == ("lm-1", "HA not configured")
    assert listed["sha256"] == estate.announcement()["sha256"]


def test_it_is_for_those_who_know_its_token(estate: Estate) -> None:
    assert order(estate, "GET", "devices", token="guessed")[0] == 404  # noqa: S106  # a wrong one


def test_state_is_read_and_changed(estate: Estate, raw: Raw) -> None:
    parameters = {"backuphost": None, "BackupHour": "7", "backuppassword": "lab-word"}
    tables = {"vs": {"1": {"NickName": "Renamed"}, "2": None}}
    status, state = order(
        estate, "PATCH", "devices/lm-1", {"parameters": parameters, "tables": tables}
    )
    assert status == 200
    assert raw.get("get", param="backuphour").tag("backuphour") == "7"
    assert raw.get("showvs", vs="1").tag("NickName") == "Renamed"
    assert raw.get("showvs", vs="2").status == 422
    assert "backuphost" not in state["parameters"]
    assert order(estate, "GET", "devices/lm-1")[1] == {**state, "faults": []}
    assert state["users"] == {
        raw.user: {"permissions": state["users"]["bal"]["permissions"], "api_keys": 1}
    }


def test_faults_are_ordered_listed_and_cleared(estate: Estate, raw: Raw) -> None:
    fault = {"kind": "403", "command": "backup", "times": None, "seconds": 1}
    assert order(estate, "POST", "devices/lm-1/faults", fault) == (200, fault)
    assert raw.get("backup").status == 403
    assert order(estate, "GET", "devices/lm-1")[1]["faults"] == [fault]
    order(estate, "DELETE", "devices/lm-1/faults")
    assert raw.get("backup").status == 200


def test_calls_are_read_and_forgotten(estate: Estate, raw: Raw) -> None:
    raw.call("getall")
    status, (call,) = order(estate, "GET", "devices/lm-1/calls")
    assert status == 200
    assert (call["interface"], call["command"], call["status"]) == ("v2", "getall", 200)
    assert call["at"] <= call["ended"]
    order(estate, "DELETE", "devices/lm-1/calls")
    assert order(estate, "GET", "devices/lm-1/calls") == (200, [])


def test_switches_and_the_limit_are_set(estate: Estate, device: Device) -> None:
    document = {
        "switches": {"capital_code": True, "boot_seconds": 1, "delays": {"restore": 2.5}},
        "limit": {"calls": 5},
    }
    assert order(estate, "PATCH", "devices/lm-1", document)[0] == 200
    assert device.switches.capital_code
    assert device.switches.delays == {"restore": 2.5}
    assert device.limit.calls == 5


def test_events_happen(estate: Estate, raw: Raw, device: Device) -> None:
    before = device.identity.sha256
    _, changed = order(estate, "POST", "devices/lm-1/certificate", {"days": 3})
    assert changed["sha256"] == device.identity.sha256 != before
    device.lockout.failed("bal")
    device.lockout.failed("bal")
    device.lockout.failed("bal")
    assert order(estate, "GET", "devices")[1][0]["blocked"] == ["bal"]
    assert order(estate, "POST", "devices/lm-1/unblock")[1]["blocked"] == []
    assert order(estate, "POST", "devices/lm-1/reboot", {"seconds": 60})[1]["booting"] is True
    assert raw.get("getall").status == 503


def test_units_of_a_pair_change_places() -> None:
    with Estate(Order(count=0, pairs=1)) as couple:
        assert order(couple, "POST", "devices/lm-1/failover")[1]["hastatus"] == "Standby"
        assert order(couple, "GET", "devices/lm-2")[1]["hastatus"] == "Active"


NONSENSE = [
    ("POST", "devices/lm-1/faults", {"kind": "fire"}, "fire"),
    ("POST", "devices/lm-1/faults", {"kind": "401", "colour": "red"}, "colour"),
    ("POST", "devices/lm-1/failover", {}, "no unit of a pair"),
    ("POST", "devices/lm-1/reboot", {"seconds": "soon"}, "is a number"),
    ("PATCH", "devices/lm-1", {"weather": {}}, "weather"),
    ("PATCH", "devices/lm-1", {"switches": []}, "switches"),
    ("PATCH", "devices/lm-1", {"switches": {"rate_limit": "no"}}, "is a bool"),
    ("PATCH", "devices/lm-1", {"switches": {"rate": True}}, "one of"),
    ("PATCH", "devices/lm-1", {"parameters": {"nonsense": "1"}}, "no such parameter"),
    ("PATCH", "devices/lm-1", {"tables": {"beds": {}}}, "one of"),
    ("PATCH", "devices/lm-1", {"limit": {"colour": 1}}, "calls or seconds"),
    ("PATCH", "devices/lm-1", ["x"], "no JSON object"),
]


@pytest.mark.parametrize(("method", "path", "document", "says"), NONSENSE)
def test_nonsense_is_refused_in_words(
    estate: Estate, method: str, path: str, document: object, says: str
) -> None:
    status, answer = order(estate, method, path, document)
    assert status == 400
    assert says in answer["error"]


@pytest.mark.parametrize("path", ["devices/lm-9", "devices/lm-1/party", "devices", "", "devices/"])
def test_what_is_not_there_is_404(estate: Estate, path: str) -> None:
    assert order(estate, "PATCH", path, {})[0] == 404

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from holdfast.lab.loadmaster.commands import COMMANDS
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.firmware import Firmware
from lab.loadmaster.raw import client

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw


def test_version_serial_and_name(raw: Raw) -> None:
    assert raw.get("get", param="version").tag("version") == "7.2.63.2.22900.RELEASE"
    assert raw.get("get", param="serialnumber").tag("serialnumber") == "1270001"
    assert raw.get("get", param="hostname").tag("hostname") == "lm-1"


def test_times_since_boot(raw: Raw, device: Device) -> None:
    start = int(device.booted)
    device.clock = lambda: time.time() + 100
    assert raw.get("get", param="boottime").tag("boottime") == str(start)
    assert int(raw.get("get", param="activetime").tag("activetime") or 0) in range(99, 120)


def test_a_single_device_says_that_ha_is_not_configured(raw: Raw) -> None:
    assert raw.get("get", param="hastatus").tag("hastatus") == "HA not configured"
    assert raw.call("get", param="hamode").json["hamode"] == 0


def test_the_licence_has_values_that_end_in_a_newline_or_stand_in_quotes(raw: Raw) -> None:
    document = raw.call("licenseinfo").json
    assert document["ActivationDate"].endswith("\n")
    assert document["SupportLevel"].startswith('"')
    assert (document["MaxVS"], document["HA"]) == (1000, True)
    assert raw.get("licenseinfo").tag("uuid") == document["uuid"]


def test_the_licence_is_at_the_address_of_360_too(raw: Raw) -> None:
    answer = raw.send("GET", "/access360/licenseinfo?", headers=raw.basic())
    assert answer.body == raw.get("licenseinfo").body


def test_listapi_names_every_command_of_this_firmware(raw: Raw) -> None:
    listed = raw.call("listapi").json
    assert listed["version"] == "7.2.63.2.22900.RELEASE"
    assert listed["cmd"] == sorted(set(COMMANDS) - {"listlecert"})
    tags = [tag.text for tag in raw.get("listapi").data.findall("cmd")]
    assert tags == listed["cmd"]


def test_previous_firmware(raw: Raw) -> None:
    version = raw.get("getpreviousversion").tag("PreviousVersion")
    assert Firmware.parse(version or "").numbers == (7, 2, 61, 0)


@pytest.mark.parametrize(
    ("firmware", "offered", "arguments"),
    [("7.2.60.1", "listlecert", {}), ("7.2.61.0", "listacmecert", {"acmetype": "1"})],
)
def test_the_acme_commands_change_their_names(
    firmware: str, offered: str, arguments: dict[str, str]
) -> None:
    (other,) = {"listlecert", "listacmecert"} - {offered}
    with Estate(Order(firmware=Firmware.parse(firmware))) as estate:
        raw = client(estate.sites[0])
        assert raw.call(offered, **arguments).json["cert"] == []
        assert raw.call(other, acmetype=1).json["message"] == "Unknown command"


@pytest.mark.parametrize("text", ["", "7", "7.2", "7.2.x", "7.2.63.2-RELEASE", "v7.2.63"])
def test_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no firmware version"):
        Firmware.parse(text)


def test_services_names_and_domains_come_and_go(raw: Raw) -> None:
    added = raw.get("addvs", vs="192.0.2.101", port="80", prot="tcp", nickname="New")
    index = added.tag("Index")
    assert raw.get("showvs", vs="192.0.2.101", port="80", prot="tcp").tag("NickName") == "New"
    assert raw.get("modvs", vs=str(index), idletime="30").tag("Idletime") == "30"
    assert len(raw.call("listvs").json["VS"]) == 5
    assert raw.get("delvs", vs=str(index)).status == 200
    assert raw.get("showvs", vs=str(index)).error == "Unknown VS"
    assert raw.get("addfqdn", fqdn="shop.example.net").status == 200
    assert len(raw.call("listfqdns").json["fqdn"]) == 2
    for name in ("shop.example.net.", "www.example.net"):
        assert raw.get("delfqdn", fqdn=name).status == 200
    assert raw.get("listfqdns").error == "No geo data found"
    assert raw.get("adddomain", domain="LAB").status == 200
    assert raw.get("showdomain", name="LAB").data.findtext("Domain/Id") == "2"
    assert raw.get("deldomain", domain="LAB").status == 200
    assert raw.get("showdomain", name="LAB").status == 422

"""Where devices differ, or sources disagree on them, the client takes what comes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from agent.loadmaster.connector import QUICK
from holdfast.agent.loadmaster.errors import BadAnswer, Booting, Dropped, UnknownCommand
from holdfast.agent.loadmaster.values import is_on, listed
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.fault import Fault, Kind

if TYPE_CHECKING:
    from agent.loadmaster.connector import Connector
    from holdfast.lab.loadmaster.estate import Site

    Known = tuple[Connector, Site]

pytestmark = pytest.mark.slow


def test_ok_in_capitals_is_ok(either: Known) -> None:
    connector, site = either
    site.device.switches.capital_code = True
    with connector.session("lm-1") as device:
        assert device.get("hostname") == "lm-1"


@pytest.mark.parametrize("empty", [True, False])
def test_a_flag_that_is_off_is_off_however_it_is_shown(
    connector: Connector, site: Site, empty: object
) -> None:
    site.device.switches.off_is_empty = bool(empty)
    with connector.session(connector.know(site)) as device:
        found = device.all()
        assert not is_on(found["backupenable"])
        assert is_on(found["backupnetstat"])
        assert not is_on(device.get("backupenable"))


@pytest.mark.parametrize("status", [405, 422])
def test_an_unknown_command_is_apiversion(either: Known, status: int) -> None:
    connector, site = either
    site.device.switches.unknown_command = status
    with connector.session("lm-1") as device, pytest.raises(UnknownCommand) as caught:
        device.ask("no.such.command")
    assert caught.value.status == "apiversion"
    assert "lm-1: has no command no.such.command" in str(caught.value)


def test_keys_are_counted_and_not_told(either: Known) -> None:
    connector, site = either
    user = site.device.configuration.users["bal"]
    with connector.session("lm-1") as device:
        for count in (1, 2, 3):
            assert device.count_api_keys() == count
            sibling = user.add_key()
        site.device.faults.add(Fault(Kind.TRUNCATED, "listapikeys"))
        with pytest.raises((BadAnswer, Dropped)) as caught:
            device.count_api_keys()
    assert sibling[:8] not in str(caught.value)
    assert caught.value.words == ""


def test_one_of_a_list_is_a_list(either: Known) -> None:
    connector, site = either
    with connector.session("lm-1") as device:
        for elliptic in (False, True):
            site.device.switches.elliptic_certificate = elliptic
            found = listed(device.ask("listcert")["cert"])
            assert len(found) == 1 + elliptic
            names: list[Any] = [entry["name"] for entry in found if isinstance(entry, dict)]
            assert "intranet" in names
        assert device.ask("licenseinfo")["SupportUntil"] == "Wed Jan  6 00:00:00 UTC 2027"
        pem = device.ask("readcert", cert="intranet")["certificate"]
        assert str(pem).startswith("-----BEGIN CERTIFICATE-----\n")
        commands = listed(device.ask("listapi")["cmd"])
        assert {"backup", "restore"} <= set(map(str, commands))


def test_a_connection_that_ends_after_base_is_told_from_a_refusal(either: Known) -> None:
    connector, site = either
    with connector.session("lm-1") as device:
        with device.download("backup") as blocks:
            archive = b"".join(blocks)
        site.device.switches.drop_after_base = True
        site.device.configuration.set("hostname", "other")
        with pytest.raises(Dropped):
            device.upload("restore", {"type": "1"}, [archive], len(archive))
        assert device.get("hostname") == "lm-1"


def test_a_device_that_boots_is_waited_for(either: Known) -> None:
    connector, site = either
    with connector.session("lm-1") as device:
        device.find_firmware()
    site.device.reboot(60)
    with connector.session("lm-1") as device, pytest.raises(Booting):
        device.get("hostname")
    site.device.ready = time.time() + 0.5
    patience = QUICK._replace(pauses=(0.3, 3))
    with connector.session("lm-1", patience) as device:
        assert device.get("hostname") == "lm-1"


def test_each_unit_of_a_pair_tells_its_role(connector: Connector) -> None:
    with Estate(Order(count=0, pairs=1)) as estate:
        roles = []
        for site in estate.sites:
            with connector.session(connector.know(site)) as device:
                roles.append((device.get("hastatus"), device.get("hamode")))
    assert roles == [("Active", "1"), ("Standby", "2")]

"""Which API a device has is found out once, and no key is shown while that is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.connector import PASSWORD
from holdfast.agent.loadmaster.errors import ApiOff, FirmwareTooOld, NotSetUp, Unauthorized
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.firmware import Firmware

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.loadmaster.connector import Connector
    from holdfast.lab.loadmaster.estate import Site


@pytest.fixture
def old() -> Iterator[Site]:
    """A device of before the JSON API."""
    with Estate(Order(firmware=Firmware.parse("7.2.48.4"))) as estate:
        yield estate.sites[0]


def calls(site: Site) -> list[tuple[str, str]]:
    found = [(call.interface, call.command) for call in site.device.calls.listed()]
    site.device.calls.clear()
    return found


def memory(connector: Connector) -> Path:
    return connector.root / "var/lib/holdfast/prg/loadmasters/lm-1.json"


def test_it_is_found_out_once(connector: Connector, site: Site) -> None:
    connector.know(site)
    with connector.session("lm-1") as device:
        assert device.interface == "json"
    assert calls(site) == [("v2", "get")]
    with connector.session("lm-1") as device:
        device.all()
    assert calls(site) == [("v2", "getall")]
    known = json.loads(memory(connector).read_text(encoding="utf-8"))
    assert known == {
        "address": f"127.0.0.1:{site.port}",
        "interface": "json",
        "firmware": "7.2.63.2.22900.RELEASE",
        "sha256": site.device.identity.sha256,
    }


def test_an_older_device_is_talked_to_in_xml(connector: Connector, old: Site) -> None:
    connector.know(old)
    with connector.session("lm-1") as device:
        assert device.interface == "xml"
    assert calls(old) == [("v1", "listapi"), ("v1", "get")]
    with connector.session("lm-1") as device:
        device.get("hostname")
    assert calls(old) == [("v1", "get")]


def test_a_device_that_was_updated_is_looked_at_again(connector: Connector, old: Site) -> None:
    connector.know(old)
    with connector.session("lm-1"):
        pass
    old.device.firmware = Firmware.parse("7.2.63.2")
    for interface in ("xml", "json"):
        with connector.session("lm-1") as device:
            device.find_firmware()
            assert device.interface == interface


def test_a_moved_device_is_looked_at_anew(connector: Connector, site: Site, old: Site) -> None:
    connector.know(site)
    with connector.session("lm-1"):
        pass
    connector.know(old)
    with connector.session("lm-1") as device:
        assert device.interface == "xml"
        assert device.earlier is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"address": 5}', "\xff"])
def test_a_memory_that_makes_no_sense_is_made_anew(
    connector: Connector, site: Site, content: str
) -> None:
    connector.know(site)
    memory(connector).parent.mkdir(parents=True)
    memory(connector).write_text(content, encoding="latin-1")
    with connector.session("lm-1") as device:
        assert device.find_firmware()
    assert '"interface":"json"' in memory(connector).read_text(encoding="utf-8")


def test_a_key_is_not_shown_to_a_device_whose_api_is_off(connector: Connector, site: Site) -> None:
    connector.know(site)
    site.device.configuration.set("enableapi", "no")
    with pytest.raises(ApiOff) as caught, connector.session("lm-1"):
        pass
    assert caught.value.status == "apiversion"
    assert "Enable API Interface" in str(caught.value)
    heard = site.device.calls.listed()
    assert [(call.interface, call.command) for call in heard] == [("v2", "get"), ("v1", "listapi")]
    assert not memory(connector).exists()


@pytest.mark.parametrize("login", [{}, PASSWORD])
def test_a_rejected_login_is_tried_once(
    connector: Connector, site: Site, login: dict[str, str]
) -> None:
    connector.know(site, **login)
    connector.secret("lm-1.api_key", "not-the-key")
    connector.secret("lm-1.password", "not-the-password")
    with pytest.raises(Unauthorized) as caught, connector.session("lm-1"):
        pass
    assert caught.value.status == "unauthorized"
    assert "not-the" not in str(caught.value)
    assert calls(site) == [("v2", "get")]


def test_old_firmware_is_apiversion_and_both_versions_are_named(
    connector: Connector, old: Site
) -> None:
    with connector.session(connector.know(old)) as device:
        with pytest.raises(FirmwareTooOld) as caught:
            device.require_minimum()
        assert caught.value.status == "apiversion"
        assert "7.2.48.4.22900.RELEASE, the minimum is 7.2.62" in str(caught.value)
    with connector.session(connector.know(old, minimum_firmware="7.2.48")) as device:
        device.require_minimum()


def test_what_is_not_on_the_node_is_told(connector: Connector, site: Site) -> None:
    with pytest.raises(NotSetUp, match="does not know it"), connector.session("lm-1"):
        pass
    connector.know(site)
    file = connector.root / "etc/holdfast/prg/loadmasters/lm-1.json"
    file.chmod(0o666)
    with pytest.raises(NotSetUp, match="mode 666"), connector.session("lm-1"):
        pass
    file.chmod(0o640)
    (connector.root / "etc/holdfast/prg/secrets/lm-1.api_key").unlink()
    with pytest.raises(NotSetUp, match=r"secret lm-1.api_key is not"), connector.session("lm-1"):
        pass

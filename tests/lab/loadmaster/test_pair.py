from __future__ import annotations

import hashlib
import ssl
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from holdfast.lab.loadmaster.estate import Estate, Order
from lab.loadmaster.raw import Raw, client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def couple() -> Iterator[Estate]:
    with Estate(Order(count=0, pairs=1)) as estate:
        yield estate


@pytest.fixture
def units(couple: Estate) -> tuple[Raw, Raw]:
    first, second = (client(site) for site in couple.sites)
    return first, second


def port(couple: Estate) -> int:
    (address,) = couple.shared
    return urlsplit(address).port or 0


def shared(couple: Estate, unit: Raw) -> Raw:
    """Return the shared address, with the login and the certificate of one unit."""
    return replace(unit, site=replace(unit.site, port=port(couple)))


def said(raw: Raw, name: str) -> str | None:
    return raw.get("get", param=name).tag(name)


def test_the_units_have_addresses_roles_and_modes_of_their_own(units: tuple[Raw, Raw]) -> None:
    first, second = units
    assert first.site.port != second.site.port
    assert (said(first, "hastatus"), said(second, "hastatus")) == ("Active", "Standby")
    assert (said(first, "hamode"), said(second, "hamode")) == ("1", "2")
    assert said(first, "serialnumber") != said(second, "serialnumber")


def test_the_standby_was_never_active(couple: Estate, units: tuple[Raw, Raw]) -> None:
    for site in couple.sites:
        site.device.clock = lambda: time.time() + 60
    first, second = units
    assert int(said(first, "activetime") or 0) >= 59
    assert said(second, "activetime") == "0"


def test_services_are_shared_and_base_is_not(units: tuple[Raw, Raw]) -> None:
    first, second = units
    first.get("addvs", vs="192.0.2.101", port="80", prot="tcp")
    first.get("set", param="hostname", value="left")
    assert second.get("showvs", vs="192.0.2.101", port="80", prot="tcp").status == 200
    assert said(second, "hostname") == "lm-2"
    assert replace(second, password=first.password).get("getall").status == 401


def test_a_restore_of_services_on_one_unit_shows_on_the_other(units: tuple[Raw, Raw]) -> None:
    first, second = units
    archive = first.get("backup").body
    second.get("delvs", vs="1")
    assert first.get("showvs", vs="1").status == 422
    assert first.post("restore", archive, type="2").status == 200
    assert second.get("showvs", vs="1").status == 200


def test_the_active_unit_answers_at_the_shared_address(
    couple: Estate, units: tuple[Raw, Raw]
) -> None:
    first, second = units
    assert said(shared(couple, first), "hostname") == "lm-1"
    (pair,) = couple.shared.values()
    pair.fail_over()
    assert said(shared(couple, second), "hostname") == "lm-2"
    pem = ssl.get_server_certificate(("127.0.0.1", port(couple)))
    der = ssl.PEM_cert_to_DER_cert(pem)
    assert hashlib.sha256(der).hexdigest() == second.site.device.identity.sha256


def test_a_reboot_of_the_active_unit_fails_over(couple: Estate, units: tuple[Raw, Raw]) -> None:
    first, second = units
    assert first.get("reboot").status == 200
    assert said(second, "hastatus") == "Active"
    assert said(shared(couple, second), "hostname") == "lm-2"
    assert first.get("getall").status == 503

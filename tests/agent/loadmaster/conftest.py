from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.connector import PASSWORD, Connector
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.firmware import Firmware
from threads import none_left

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.lab.loadmaster.estate import Site

# Each API, and each way to log in: which firmware, and what the inventory says of the login.
WAYS = {
    "json, key": ("7.2.63.2", {}),
    "json, password": ("7.2.63.2", PASSWORD),
    "xml, key": ("7.2.48.4", {}),
    "xml, password": ("7.2.48.4", PASSWORD),
}


@pytest.fixture
def estate(request: pytest.FixtureRequest) -> Iterator[Estate]:
    firmware = getattr(request, "param", "7.2.63.2")
    with none_left(), Estate(Order(firmware=Firmware.parse(firmware))) as estate:
        yield estate


@pytest.fixture
def site(estate: Estate) -> Site:
    return estate.sites[0]


@pytest.fixture
def connector(tmp_path: Path) -> Connector:
    return Connector(tmp_path)


def know(connector: Connector, way: str) -> Iterator[tuple[Connector, Site]]:
    firmware, login = WAYS[way]
    with Estate(Order(firmware=Firmware.parse(firmware))) as estate:
        connector.know(estate.sites[0], **login)
        yield connector, estate.sites[0]


@pytest.fixture(params=WAYS)
def known(request: pytest.FixtureRequest, connector: Connector) -> Iterator[tuple[Connector, Site]]:
    """A connector and a device that it knows, in each way."""
    yield from know(connector, request.param)


@pytest.fixture(params=["json, key", "xml, password"])
def either(
    request: pytest.FixtureRequest, connector: Connector
) -> Iterator[tuple[Connector, Site]]:
    """The same over either API, where the login makes no difference."""
    yield from know(connector, request.param)

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from holdfast.lab.loadmaster.estate import Estate, Order
from lab.loadmaster.raw import Raw, client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.lab.loadmaster.device import Device


@pytest.fixture
def estate() -> Iterator[Estate]:
    before = threading.active_count()
    with Estate(Order()) as estate:
        yield estate
    assert threading.active_count() == before, "the lab leaves no thread behind"


@pytest.fixture
def device(estate: Estate) -> Device:
    return estate.sites[0].device


@pytest.fixture
def raw(estate: Estate) -> Raw:
    return client(estate.sites[0])

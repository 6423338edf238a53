from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from holdfast.lab.loadmaster.estate import Estate, Order
from lab.loadmaster.raw import Raw, client
from threads import none_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.lab.loadmaster.device import Device


@pytest.fixture
def estate() -> Iterator[Estate]:
    with none_left(), Estate(Order()) as estate:
        yield estate


@pytest.fixture
def device(estate: Estate) -> Device:
    return estate.sites[0].device


@pytest.fixture
def raw(estate: Estate) -> Raw:
    return client(estate.sites[0])

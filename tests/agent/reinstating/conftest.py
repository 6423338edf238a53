from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.jobs.pulling import Pulling
from holdfast.lab.loadmaster.estate import Estate, Order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def estate() -> Iterator[Estate]:
    with Estate(Order(count=2)) as estate:
        yield estate


@pytest.fixture
def pulling(estate: Estate, tmp_path: Path) -> Pulling:
    """A connector of lm-1 that made a backup of it in clear."""
    pulling = Pulling(Desk(tmp_path), estate.sites[0]).settle(encrypt_to=[], base_every=5)
    assert pulling.run().status == "success"
    return pulling

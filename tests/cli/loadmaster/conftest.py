"""Two simulated LoadMasters, applied once; each test gets them and the nodes as they were then."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from cli.desk import Desk
from cli.desk import copy as copy_nodes
from cli.loadmaster.appliances import FIRMWARE, Ground, keys
from holdfast.lab.loadmaster.estate import Estate, Order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.lab.loadmaster.device import Device


@pytest.fixture(scope="package")
def ground(tmp_path_factory: pytest.TempPathFactory, applied: Path) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    copy_nodes(applied, folder)
    with Estate(Order(count=2, firmware=FIRMWARE)) as estate:
        found = Ground(estate, folder)
        found.apply()
        yield found


@pytest.fixture
def _variables(ground: Ground, monkeypatch: pytest.MonkeyPatch, _only_ours: None) -> None:
    for name, value in keys(ground.estate).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def estate(ground: Ground, _variables: None) -> Estate:
    """Return devices that nobody has applied anything to."""
    ground.bring_back(ground.fresh)
    return ground.estate


@pytest.fixture
def device(ground: Ground) -> Device:
    return ground.estate.sites[0].device


@pytest.fixture
def managed(
    ground: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str], _variables: None
) -> Desk:
    """Return a desk with two devices applied: the schedule of lm-1, and lm-2 without."""
    ground.bring_back(ground.applied)
    desk = Desk(tmp_path, capsys).copy_of(ground.folder)
    desk.inventory = copy.deepcopy(ground.inventory)
    return desk

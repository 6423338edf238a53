"""Every fault that a device can have: which error, which status, how often it is asked."""

from __future__ import annotations

import itertools
import traceback
from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.connector import QUICK, Connector
from holdfast.agent.loadmaster import errors, memory, target
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.fault import Fault, Kind
from holdfast.lab.loadmaster.firmware import Firmware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from holdfast.agent.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Site

    Known = tuple[Connector, Site]

pytestmark = pytest.mark.slow

PERSISTENT = QUICK._replace(pauses=(0, 0))
HURRIED = PERSISTENT._replace(silence=0.5, file_silence=0.5)
MEANING: dict[Kind, tuple[type[errors.DeviceError], str]] = {
    Kind.ERROR_IN_200: (errors.Rejected, "failed"),
    Kind.EMPTY_200: (errors.BadAnswer, "failed"),
    Kind.HTML_200: (errors.WebPage, "failed"),
    Kind.TRUNCATED: (errors.Dropped, "failed"),
    Kind.STALL: (errors.TimedOut, "timeout"),
    Kind.SLOW: (errors.TimedOut, "timeout"),
    Kind.RESET: (errors.Dropped, "failed"),
    Kind.RESET_AFTER: (errors.Dropped, "failed"),
    Kind.DROP: (errors.Dropped, "failed"),
    Kind.UNAUTHORIZED: (errors.Unauthorized, "unauthorized"),
    Kind.FORBIDDEN: (errors.Forbidden, "failed"),
    Kind.NOT_FOUND: (errors.ApiOff, "apiversion"),
    Kind.REFUSED: (errors.Rejected, "failed"),
    Kind.BOOTING: (errors.Booting, "failed"),
}
PASSING = [Kind.TRUNCATED, Kind.RESET, Kind.RESET_AFTER, Kind.DROP, Kind.BOOTING]
# These are for whoever proves the archive: the answers themselves are good.
ARCHIVES = {Kind.BAD_CHECKSUM, Kind.CUT_ARCHIVE, Kind.FOREIGN_ARCHIVE, Kind.EMPTY_ARCHIVE}


@pytest.fixture(scope="module", params=["json", "xml"])
def several(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Iterator[Known]]:
    """Devices whose API is found out already, one after the other: each call keeps one waiting."""
    connector = Connector(tmp_path_factory.mktemp("connector"))
    firmware = {"json": "7.2.63.2", "xml": "7.2.48.4"}[request.param]
    with Estate(Order(count=8, firmware=Firmware.parse(firmware))) as estate:
        for site in estate.sites:
            found = target.load(connector.layout, connector.know(site))
            known = memory.Memory(found.address, request.param, firmware, "")
            memory.keep(connector.layout, found, known)
        yield itertools.cycle([(connector, site) for site in estate.sites])


@pytest.fixture
def faulty(several: Iterator[Known]) -> Iterator[Known]:
    connector, site = next(several)
    site.device.calls.clear()
    yield connector, site
    site.device.faults.clear()


def download(device: Device) -> None:
    with device.download("backup") as blocks:
        for _ in blocks:
            pass


CALLS: dict[str, Callable[[Device], object]] = {
    "get": lambda device: device.get("hostname"),
    "set": lambda device: device.set("backuphour", "3"),
    "backup": download,
    "restore": lambda device: device.upload("restore", {"type": "2"}, [b"x" * 9], 9),
}


def test_every_fault_is_known() -> None:
    assert set(MEANING) | ARCHIVES == set(Kind)


@pytest.mark.parametrize("command", ["get", "backup"])
@pytest.mark.parametrize("kind", MEANING)
def test_a_fault_has_its_error_and_its_status(faulty: Known, kind: Kind, command: str) -> None:
    caught, calls = meet(faulty, kind, command)
    assert (type(caught), caught.status) == MEANING[kind], caught
    assert calls == (3 if kind in PASSING else 1)


@pytest.mark.parametrize("command", ["set", "restore"])
@pytest.mark.parametrize("kind", [*PASSING, Kind.STALL, Kind.UNAUTHORIZED])
def test_what_changes_something_is_never_sent_again(
    faulty: Known, kind: Kind, command: str
) -> None:
    caught, calls = meet(faulty, kind, command)
    assert (type(caught), caught.status) == MEANING[kind], caught
    assert calls == 1


def meet(faulty: Known, kind: Kind, command: str) -> tuple[errors.DeviceError, int]:
    """Return the error that a fault leads to, and how often the device was asked."""
    connector, site = faulty
    site.device.faults.add(Fault(kind, command, times=None, seconds=3))
    patience = HURRIED if kind in (Kind.STALL, Kind.SLOW) else PERSISTENT
    with (
        connector.session(site.device.name, patience) as device,
        pytest.raises(errors.DeviceError) as caught,
    ):
        CALLS[command](device)
    assert str(caught.value).startswith(f"{site.device.name}: ")
    assert site.api_key not in "".join(traceback.format_exception(caught.value))
    commands = [call.command for call in site.device.calls.listed()]
    assert set(commands) == {command}
    return caught.value, len(commands)


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET, Kind.BOOTING])
def test_what_passes_is_waited_for(faulty: Known, kind: Kind) -> None:
    connector, site = faulty
    site.device.faults.add(Fault(kind, times=2))
    with connector.session(site.device.name, PERSISTENT) as device:
        assert device.get("hostname") == site.device.name
        site.device.faults.add(Fault(kind, times=1))
        download(device)


def test_an_api_that_went_off_is_looked_for_again(faulty: Known) -> None:
    connector, site = faulty
    site.device.faults.add(Fault(Kind.NOT_FOUND, "get"))
    with pytest.raises(errors.ApiOff), connector.session(site.device.name) as device:
        device.get("hostname")
    left = connector.root / f"var/lib/holdfast/prg/loadmasters/{site.device.name}.json"
    assert not left.exists()
    with connector.session(site.device.name) as device:
        assert device.find_firmware()


def test_what_cannot_be_read_here_is_no_fault_of_the_device(faulty: Known, tmp_path: Path) -> None:
    connector, site = faulty

    def gone() -> Iterator[bytes]:
        yield (tmp_path / "gone").read_bytes()

    with (
        connector.session(site.device.name) as device,
        pytest.raises(errors.Failed, match="gone") as caught,
    ):
        device.upload("restore", {"type": "2"}, gone(), 9)
    assert not isinstance(caught.value, errors.DeviceError)


@pytest.mark.parametrize("size", [8, 10])
def test_what_is_not_as_large_as_announced_never_becomes_a_request(
    faulty: Known, size: int
) -> None:
    connector, site = faulty
    with (
        connector.session(site.device.name) as device,
        pytest.raises(errors.Failed, match=f"not of the {size} bytes"),
    ):
        device.upload("restore", {"type": "2"}, [b"12345", b"6789"], size)
    assert site.device.calls.listed() == []

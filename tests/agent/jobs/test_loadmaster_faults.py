"""Every fault that the simulator knows: its status, its words, and nothing stored of it.

One good backup lies there before each, and lies there unchanged after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.jobs.pulling import ID, Pulling
from agent.loadmaster.connector import QUICK
from holdfast.agent import definition as definitions
from holdfast.agent import stores
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import runs
from holdfast.agent.jobs.configuration import Configuration
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.fault import Fault, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.agent.jobs.made import Made

pytestmark = pytest.mark.slow
PATIENT = QUICK._replace(file_silence=100, file_total=300)
IMPATIENT = QUICK._replace(silence=1, total=3, file_silence=1, file_total=3)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulling]:
    with Estate(Order()) as estate:
        pulling = Pulling(Desk(tmp_path_factory.mktemp("faults")), estate.sites[0]).settle()
        make(pulling)
        yield pulling


@pytest.fixture
def pulling(settled: Pulling) -> Iterator[Pulling]:
    settled.know()
    settled.define()
    before = {name: (settled.folder / name).read_bytes() for name in settled.names()}
    yield settled
    settled.device.faults.clear()
    settled.device.lockout.unblock()
    after = {name: (settled.folder / name).read_bytes() for name in settled.names()}
    assert after == before, "a fault changed what was stored"


def make(pulling: Pulling, *, patient: bool = False) -> Made:
    """Make a backup here and now, with little patience."""
    layout = pulling.desk.layout
    definition = definitions.load(layout, ID)
    assert definition is not None
    store = stores.of_files(layout, definition, ("prg",))
    made, _ = Configuration(
        layout, definition, store, ("prg",), PATIENT if patient else IMPATIENT
    ).make("20261121T010700.000000Z", lambda: None)
    return made


FAULTS = [
    (Kind.ERROR_IN_200, "backup", runs.FAILED, "refuses backup"),
    (Kind.EMPTY_200, "backup", runs.FAILED, "with nothing at all"),
    (Kind.HTML_200, "backup", runs.FAILED, "with a web page"),
    (Kind.TRUNCATED, "backup", runs.FAILED, "ended the connection during the answer"),
    (Kind.STALL, "backup", runs.TIMEOUT, "took too long"),
    (Kind.SLOW, "backup", runs.TIMEOUT, "took too long"),
    (Kind.RESET, "backup", runs.FAILED, "ended the connection"),
    (Kind.RESET_AFTER, "backup", runs.FAILED, "ended the connection"),
    (Kind.DROP, "backup", runs.FAILED, "30 calls in 3 s"),
    (Kind.UNAUTHORIZED, "backup", runs.UNAUTHORIZED, "rejects the login"),
    (Kind.FORBIDDEN, "backup", runs.FAILED, "give its user the permission"),
    (Kind.NOT_FOUND, "backup", runs.APIVERSION, "API switched off"),
    (Kind.REFUSED, "backup", runs.FAILED, "refuses backup"),
    (Kind.BOOTING, "backup", runs.FAILED, "is not up (503"),
    (Kind.BAD_CHECKSUM, "backup", runs.FAILED, "the compressed data was altered"),
    (Kind.CUT_ARCHIVE, "backup", runs.FAILED, "cut short"),
    (Kind.FOREIGN_ARCHIVE, "backup", runs.FAILED, "no backup: it is not gzip'ed"),
    (Kind.EMPTY_ARCHIVE, "backup", runs.FAILED, "it holds no configuration"),
    (Kind.UNAUTHORIZED, "getall", runs.UNAUTHORIZED, "rejects the login"),
    (Kind.HTML_200, "getall", runs.FAILED, "with a web page"),
]


@pytest.mark.parametrize(
    ("kind", "command", "status", "said"), FAULTS, ids=[f"{f[0]}-{f[1]}" for f in FAULTS]
)
def test_a_fault_ends_in_its_status_and_stores_nothing(
    pulling: Pulling, kind: Kind, command: str, status: str, said: str
) -> None:
    pulling.device.faults.add(Fault(kind, command, None, 5.0))
    with pytest.raises(Failed, match="lm-1") as caught:
        make(pulling)
    assert caught.value.status == status
    assert str(caught.value).startswith("lm-1: ")
    assert said in str(caught.value)
    assert pulling.site.api_key not in str(caught.value)


@pytest.mark.parametrize(
    "kind", [Kind.TRUNCATED, Kind.BAD_CHECKSUM, Kind.CUT_ARCHIVE, Kind.EMPTY_ARCHIVE]
)
def test_a_fault_of_an_incremental_stores_nothing_either(pulling: Pulling, kind: Kind) -> None:
    pulling.define(base_every=9)
    pulling.device.faults.add(Fault(kind, "backup", None, 5.0))
    with pytest.raises(Failed):
        make(pulling)


def test_a_certificate_other_than_the_pinned_one_is_never_talked_to(pulling: Pulling) -> None:
    pulling.know(tls={"sha256": "00" * 32})
    with pytest.raises(Failed, match="0000") as caught:
        make(pulling)
    assert caught.value.status == runs.FAILED


def test_a_device_that_is_not_there_fails(pulling: Pulling) -> None:
    pulling.know(port=1)
    with pytest.raises(Failed, match="see that the address is right") as caught:
        make(pulling)
    assert caught.value.status == runs.FAILED

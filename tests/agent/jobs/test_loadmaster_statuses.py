"""The statuses of LoadMaster 360, each reached by its own cause, with the reason in words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from agent.desk import Desk
from agent.jobs.pulling import ID, Pulling
from agent.jobs.test_loadmaster_faults import make
from agent.queueing import queue
from holdfast.agent import definition as definitions
from holdfast.agent.jobs import claims, runs, tickets
from holdfast.agent.jobs.job import GRACE
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.fault import Fault, Kind
from holdfast.lab.loadmaster.firmware import Firmware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture
def pulling(tmp_path: Path) -> Iterator[Pulling]:
    with Estate(Order()) as estate:
        yield Pulling(Desk(tmp_path), estate.sites[0]).settle()


def _old(pulling: Pulling) -> None:
    pulling.device.firmware = Firmware.parse("7.2.61.9")


def _api_off(pulling: Pulling) -> None:
    with pulling.device.lock:
        pulling.device.configuration.set("enableapi", "no")


def _wrong_key(pulling: Pulling) -> None:
    pulling.connector.secret("lm-1.api_key", "w" * 44)


def _down(pulling: Pulling) -> None:
    pulling.device.faults.add(Fault(Kind.FORBIDDEN, "backup", None))


def _hangs(pulling: Pulling) -> None:
    pulling.define(timeout=2)
    pulling.device.faults.add(Fault(Kind.STALL, "backup", None, 60.0))


def _certificates_refused(pulling: Pulling) -> None:
    pulling.know(certificates=True)
    pulling.connector.secret("lm-1.certificates.passphrase", "Pass1234")
    pulling.device.faults.add(Fault(Kind.FORBIDDEN, "backupcert", None))


CAUSES = [
    (lambda _: None, runs.SUCCESS, ""),
    (_certificates_refused, runs.WARNING, "its certificates were not backed up: lm-1: does not"),
    (_down, runs.FAILED, "lm-1: does not permit backup"),
    (_hangs, runs.TIMEOUT, "ran longer than its timeout of 2 s"),
    (_old, runs.APIVERSION, "its firmware is 7.2.61.9"),
    (_api_off, runs.APIVERSION, "has its API switched off"),
    (_wrong_key, runs.UNAUTHORIZED, "rejects the login"),
]


@pytest.mark.parametrize(("cause", "status", "said"), CAUSES)
def test_a_cause_leads_to_its_status(
    pulling: Pulling, cause: Callable[[Pulling], None], status: str, said: str
) -> None:
    good = status in (runs.SUCCESS, runs.WARNING)
    cause(pulling)
    ran = pulling.desk.run("run", "prg", ID, limit=60)
    (run,) = runs.read(pulling.desk.layout, ID)
    assert (run.status, ran.returncode) == (status, 0 if good else 1)
    assert said in run.reason
    assert (f"{ID}: {status}: " in ran.stderr) is not good
    names = [name for name in pulling.names() if name[0] != "."]
    assert bool(names) is good
    assert len(pulling.manifests()) == int(good)
    assert not any(pulling.site.api_key in text for text in (run.reason, ran.stderr))


def test_a_run_that_is_canceled_before_it_began_says_so(pulling: Pulling) -> None:
    queue(pulling.desk, ID)
    (ticket,) = tickets.listed(pulling.desk.layout)
    tickets.cancel(pulling.desk.layout, ticket)
    pulling.desk.run("run", "--queue")
    (run,) = runs.read(pulling.desk.layout, ID)
    assert (run.status, run.reason) == (runs.CANCELED, "canceled while queued")
    assert pulling.names() == []
    assert pulling.device.calls.listed() == []


def test_a_download_that_hangs_is_broken_off_and_nothing_of_it_stays(pulling: Pulling) -> None:
    """In its midst, when a thread waits for the device; the next run has nothing to clear."""
    pulling.define(timeout=3)
    pulling.device.switches.padding = 3_000_000
    pulling.device.faults.add(Fault(Kind.STALL, "backup", None, 60.0))
    begun = time.monotonic()
    pulling.desk.run("run", "prg", ID, limit=60)
    (run,) = runs.read(pulling.desk.layout, ID)
    assert (run.status, run.reason) == (runs.TIMEOUT, "ran longer than its timeout of 3 s")
    assert time.monotonic() - begun < 3 + GRACE, "it was killed"
    assert pulling.names() == []


def _certificate(days: float) -> Callable[[Pulling], None]:
    def change(pulling: Pulling) -> None:
        pulling.device.change_certificate(days)  # type: ignore[arg-type]  # days in parts
        pulling.know()

    return change


def _another_certificate(pulling: Pulling) -> None:
    make(pulling)
    _certificate(365)(pulling)


def _plain_ftp(pulling: Pulling) -> None:
    with pulling.device.lock:
        pulling.device.configuration.set("backupenable", "yes")


def _old_is_accepted(pulling: Pulling) -> None:
    _old(pulling)
    pulling.know(minimum_firmware="7.2.50")


def _certificates_break_off(kind: Kind) -> Callable[[Pulling], None]:
    def change(pulling: Pulling) -> None:
        pulling.know(certificates=True)
        pulling.connector.secret("lm-1.certificates.passphrase", "Pass1234")
        pulling.device.faults.add(Fault(kind, "backupcert", None))

    return change


def _parameters_refused(pulling: Pulling) -> None:
    pulling.device.faults.add(Fault(Kind.FORBIDDEN, "getall", None))


DOUBTS: list[tuple[Any, str]] = [
    (_certificate(365), ""),
    (_certificate(31), ""),
    (_certificate(29), "its certificate expires on 20"),
    (_certificate(-1), "its certificate has expired on 20"),
    (_another_certificate, "its certificate is another than at the last backup"),
    (_plain_ftp, "its own automated backup goes by plain FTP"),
    (_certificates_break_off(Kind.TRUNCATED), "its certificates were not backed up: lm-1: "),
    (_certificates_break_off(Kind.EMPTY_200), "its certificates were not backed up: lm-1: "),
    (_parameters_refused, "its parameters were not backed up: lm-1: does not permit getall"),
    (_old_is_accepted, "its firmware 7.2.61.9.22900.RELEASE is under 7.2.62"),
]


@pytest.mark.parametrize(("cause", "said"), DOUBTS)
def test_what_needs_a_review_is_a_warning(
    pulling: Pulling, cause: Callable[[Pulling], None], said: str
) -> None:
    """`doubts` are what makes a run end as a warning; the backup is there all the same."""
    cause(pulling)
    made = make(pulling)
    assert bool(made.doubts) is bool(said)
    assert said in " ".join(made.doubts)
    told = pulling.manifests()[-1]
    assert told["backup"] == made.backup
    assert told["loadmaster"]["serial"] == pulling.device.serial
    files = [told["file"], *(part["file"] for part in told["loadmaster"]["parts"].values())]
    made_by_it = [name for name in pulling.names() if made.backup in name]
    assert made_by_it == sorted([f"{made.backup}.json", *files])


def test_two_names_for_one_device_are_never_backed_up_together(pulling: Pulling) -> None:
    """Not even by two inventories of one node."""
    other = Pulling(Desk(pulling.desk.root, "brn"), pulling.site)
    other.connector.put("x.json", {})
    first = definitions.load(pulling.desk.layout, ID)
    assert first is not None
    second = first._replace(id="weekly@lm-b", source=first.source._replace(place="lm-b"))
    known = pulling.desk.root / "etc/holdfast/prg/loadmasters"
    (known / "lm-b.json").write_bytes((known / "lm-1.json").read_bytes())
    held = claims.exclusive(pulling.desk.layout, first)
    assert held is not None
    assert claims.exclusive(pulling.desk.layout, second) is None
    claims.release(held)
    assert claims.exclusive(pulling.desk.layout, second) is not None

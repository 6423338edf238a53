"""One caller a device and five calls a second, whichever processes call."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.connector import QUICK
from holdfast.agent.loadmaster import target, turn
from holdfast.agent.loadmaster.errors import Busy

if TYPE_CHECKING:
    from agent.loadmaster.connector import Connector
    from holdfast.lab.loadmaster.estate import Site

CALLER = """
import sys
from holdfast.agent.layout import Layout
from holdfast.agent.loadmaster.session import session
root, name, sessions, calls = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for _ in range(sessions):
    with session(Layout("prg", root), name) as device:
        for _ in range(calls):
            device.get("hostname")
"""


def caller(connector: Connector, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CALLER, str(connector.root), *words])


@pytest.mark.slow
def test_processes_take_turns_and_five_calls_a_second_is_all(
    connector: Connector, site: Site
) -> None:
    connector.know(site)
    site.device.switches.delays["get"] = 0.02  # so that two at once would be seen
    callers = [caller(connector, "lm-1", "3", "2") for _ in range(4)]
    assert [process.wait(180) for process in callers] == [0] * 4
    calls = site.device.calls.listed()
    assert len(calls) >= 4 * 3 * 2
    assert {call.beside for call in calls} == {0}
    starts = [call.at for call in calls]
    apart = [after - before for before, after in itertools.pairwise(starts)]
    assert min(apart) >= turn.APART - 0.001
    assert all(sum(start <= other < start + 1 for other in starts) <= 5 for start in starts)


def test_a_second_caller_waits_and_gives_up_in_the_end(connector: Connector, site: Site) -> None:
    name = connector.know(site)
    with connector.session(name) as device:
        device.get("hostname")
        with (
            pytest.raises(Busy) as caught,
            connector.session(name, QUICK._replace(turn=0.2)),
        ):
            pass
    assert caught.value.status == "timeout"
    with connector.session(name, QUICK._replace(turn=0)) as device:
        assert device.get("hostname") == "lm-1"


def test_two_names_of_one_address_are_one_device(connector: Connector, site: Site) -> None:
    connector.know(site)
    first = target.load(connector.layout, "lm-1")
    again = first._replace(name="other", host=first.host.upper())
    with (
        turn.taken(connector.layout, first, 0),
        pytest.raises(Busy),
        turn.taken(connector.layout, again, 0),
    ):
        pass
    with (
        turn.taken(connector.layout, first, 0),
        turn.taken(connector.layout, again._replace(port=1), 0),
    ):
        pass


@pytest.mark.parametrize("stamp", ["", "x", "1e18", "-5", "nan"])
def test_a_stamp_that_makes_no_sense_holds_nobody_up(
    connector: Connector, site: Site, stamp: str
) -> None:
    connector.know(site)
    found = target.load(connector.layout, "lm-1")
    with turn.taken(connector.layout, found, 0) as pace:
        with pace.kept():
            pass
        (path,) = (connector.root / "run/holdfast").glob("*.stamp")
        path.write_text(f"{time.monotonic() + turn.APART / 2}", encoding="utf-8")
        assert pace.left() == 0, "a stamp of the future is of another boot"
        path.write_text(stamp, encoding="utf-8")
        assert pace.left() == 0
        with pace.kept():
            pass
        assert float(path.read_text(encoding="utf-8")) <= time.monotonic()

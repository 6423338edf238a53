"""Which login a device answers to after its base was restored, asked of a simulated one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.loadmaster.connector import QUICK
from holdfast.agent.loadmaster import comeback
from holdfast.agent.loadmaster import target as targets
from holdfast.agent.loadmaster.comeback import Candidate
from holdfast.agent.loadmaster.login import Login
from holdfast.lab.loadmaster.fault import Fault, Kind

if TYPE_CHECKING:
    from agent.loadmaster.connector import Connector
    from holdfast.agent.loadmaster.comeback import Comeback
    from holdfast.lab.loadmaster.estate import Site

WRONG = Login(None, "no-key-of-this-device")


def wait(connector: Connector, site: Site, *candidates: Candidate, tries: int = 3) -> Comeback:
    name = connector.know(site)
    target = targets.load(connector.layout, name)
    return comeback.wait(connector.layout, target, candidates, QUICK, (0.0,) * tries)


def test_the_login_that_is_answered_is_named(connector: Connector, site: Site) -> None:
    good = Candidate("lm-2", Login(None, site.api_key))
    assert wait(connector, site, Candidate("lm-1", WRONG), good).answered == "lm-2"


def test_a_rejected_login_is_tried_once(connector: Connector, site: Site) -> None:
    found = wait(connector, site, Candidate("lm-1", WRONG))
    assert found.answered is None
    assert "rejects the login" in found.reason
    assert len(site.device.calls.listed()) == 1


def test_one_that_boots_is_waited_for(connector: Connector, site: Site) -> None:
    site.device.faults.add(Fault(Kind.BOOTING, times=2))
    assert wait(connector, site, Candidate("lm-1", Login(None, site.api_key))).answered == "lm-1"


def test_one_that_does_not_come_back_says_what_it_did_last(
    connector: Connector, site: Site
) -> None:
    site.device.faults.add(Fault(Kind.DROP, times=None))
    found = wait(connector, site, Candidate("lm-1", Login(None, site.api_key)))
    assert found.answered is None
    assert site.device.name in found.reason


def test_another_certificate_ends_the_wait(connector: Connector, site: Site) -> None:
    name = connector.know(site)
    target = targets.load(connector.layout, name)
    site.device.change_certificate(365)
    good = Candidate(name, Login(None, site.api_key))
    found = comeback.wait(connector.layout, target, (good,), QUICK, (0.0,) * 3)
    assert found.answered is None
    assert "another certificate" in found.reason or site.device.identity.sha256 in found.reason

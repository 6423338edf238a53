"""Looks at a LoadMaster that no apply has made known here: its certificate, and what it is.

An act, for the key that may change things alone: whoever may only read must not choose where a
secret is sent. The login comes with the request and is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from holdfast.agent import timestamp
from holdfast.agent.fields import Fields
from holdfast.agent.loadmaster import automated, discovery, target, tls, turn
from holdfast.agent.loadmaster.device import Device
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.agent.loadmaster.login import API_KEY, Login
from holdfast.agent.loadmaster.look import BRIEF, parameters

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.target import Target
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]

_ANY_FIRMWARE = "0.0.0"
_NOBODY = "0" * 64  # the fingerprint of no certificate: only to look, never to trust


def certificate(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell which certificate an address serves; nothing is sent there."""
    place = _target(Fields(op.arguments, "certificate"), _NOBODY)
    found = tls.look(place, BRIEF.connect)
    ends = found.not_after
    yield {
        "type": "result",
        "sha256": found.sha256,
        "ends": "" if ends is None else timestamp.to_text(ends),
        "words": found.dates,
    }


def appliance(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell what a device with a pinned certificate is, and its own backup schedule."""
    given = Fields(op.arguments, "appliance")
    place = _target(given, given.text("sha256"))
    with turn.taken(survey.layout, place, BRIEF.turn) as pace:
        device = Device(place, Login(None, given.text("api_key")), pace, BRIEF)
        discovery.settle(survey.layout, device)
        shown = parameters(device)
    yield {
        "type": "result",
        "hostname": shown.get("hostname", ""),
        "serial": shown["serialnumber"],
        "firmware": shown["version"],
        "ha": shown.get("hastatus", ""),
        "automated_backup": automated.canonical(shown),
    }


def _target(given: Fields, sha256: str) -> Target:
    """Return a device that goes by its address, for it has no other name here."""
    host, port = given.text("host"), given.whole("port", 1)
    return target.parse(
        host,
        Fields(
            {
                "host": host,
                "port": port,
                "tls": {"sha256": sha256},
                "login": API_KEY,
                "user": None,
                "minimum_firmware": Firmware.parse(_ANY_FIRMWARE).text,
                "certificates": False,
            },
            given.what,
        ),
    )

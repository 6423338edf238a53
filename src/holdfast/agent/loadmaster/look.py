"""A look at a device: its own backup schedule and what it tells of itself. Changes nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Mapping, NamedTuple

from holdfast.agent import timestamp
from holdfast.agent.loadmaster import automated, given
from holdfast.agent.loadmaster.errors import BadAnswer, Forbidden, Rejected, UnknownCommand
from holdfast.agent.loadmaster.patience import Patience
from holdfast.agent.loadmaster.session import glance

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.device import Device

    Line = dict[str, object]

# A plan waits for it, and so does whoever reads the plan: a run of a backup may have the device.
BRIEF = Patience(turn=20.0, connect=5.0, silence=15.0, total=20.0, pauses=(1.0,))


class Look(NamedTuple):
    """What was seen: the attributes of its schedule, and a line on the device itself."""

    attributes: Mapping[str, object]
    line: Line


def look(layout: Layout, name: str) -> Look:
    """Return what a device shows; raise DeviceError or Malformed."""
    with glance(layout, name, BRIEF) as device:
        shown = parameters(device)
        keys = _api_keys(device)
        ends = device.served.not_after if device.served is not None else None
    readable = automated.canonical(shown)
    line: Line = {
        "type": "device",
        "name": name,
        "firmware": shown["version"],
        "read": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "certificate_ends": "" if ends is None else timestamp.to_text(ends),
        "api_keys": keys,
        "plain_ftp": readable[automated.ENABLE] is True and readable["method"] == "ftp",
    }
    return Look({**readable, **given.load(layout, name, shown["serialnumber"])}, line)


def parameters(device: Device) -> dict[str, str]:
    """Return all parameters, those asked for one by one that `getall` did not tell of."""
    shown = device.all()
    for name in ("version", "serialnumber", *automated.missing(shown)):
        if name not in shown:
            shown[name] = device.get(name)
    if not shown["serialnumber"]:
        raise BadAnswer(device.name, "does not tell its serial number")
    return shown


def _api_keys(device: Device) -> int | None:
    """Return how many API keys its user has; None where it does not say."""
    try:
        return device.count_api_keys()
    except (Forbidden, Rejected, UnknownCommand):
        return None

"""The single sign-on domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import sample
from holdfast.lab.loadmaster.answer import Answer, Done, Refused, Values
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.configuration import Table

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device


def showdomain(device: Device, call: Call) -> Answer:
    """Return one domain, or all."""
    domains = device.configuration.tables[Table.DOMAIN]
    name = call.get("name") or call.get("domain")
    if name is not None and name not in domains:
        raise Refused(422, "Unknown domain")
    return Values({"Domain": [dict(domains[n]) for n in domains if name in (None, n)]})


def adddomain(device: Device, call: Call) -> Answer:
    """Add a domain."""
    name = call.need("domain")
    domains = device.configuration.tables[Table.DOMAIN]
    if name in domains:
        raise Refused(422, "Domain already exists")
    last = max((int(record["Id"]) for record in domains.values()), default=0)
    domains[name] = sample.domain(last + 1, name)
    return Done()


def deldomain(device: Device, call: Call) -> Answer:
    """Remove a domain."""
    name = call.need("domain")
    if device.configuration.tables[Table.DOMAIN].pop(name, None) is None:
        raise Refused(422, "Unknown domain")
    return Done()


# Which permission covers these is not known.
COMMANDS = {
    "showdomain": Command(showdomain),
    "adddomain": Command(adddomain, ("root",)),
    "deldomain": Command(deldomain, ("root",)),
}

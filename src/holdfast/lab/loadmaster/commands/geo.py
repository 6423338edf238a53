"""GEO: names and clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import sample
from holdfast.lab.loadmaster.answer import Answer, Done, Refused, Tree, Values
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.configuration import Record, Table

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device


def listfqdns(device: Device, _call: Call) -> Answer:
    """Return all names; none at all is an error on the device."""
    names = device.configuration.tables[Table.FQDN]
    if not names:
        raise Refused(422, "No geo data found")
    return Values({"fqdn": [_tags(record) for record in names.values()]})


def addfqdn(device: Device, call: Call) -> Answer:
    """Add a name."""
    name = call.need("fqdn").rstrip(".") + "."
    names = device.configuration.tables[Table.FQDN]
    if name in names:
        raise Refused(422, "FQDN already exists")
    names[name] = sample.fqdn(name)
    return Done()


def delfqdn(device: Device, call: Call) -> Answer:
    """Remove a name."""
    name = call.need("fqdn").rstrip(".") + "."
    if device.configuration.tables[Table.FQDN].pop(name, None) is None:
        raise Refused(422, "Unknown FQDN")
    return Done()


def listclusters(device: Device, _call: Call) -> Answer:
    """Return all clusters."""
    clusters = device.configuration.tables[Table.CLUSTER]
    return Values({"cluster": [_tags(record) for record in clusters.values()]})


def _tags(record: Record) -> dict[str, Tree]:
    return dict(record)


COMMANDS = {
    "listfqdns": Command(listfqdns),
    "addfqdn": Command(addfqdn, ("geo",)),
    "delfqdn": Command(delfqdn, ("geo",)),
    "listclusters": Command(listclusters),
}

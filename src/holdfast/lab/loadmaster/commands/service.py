"""The virtual services: list, show, add, change, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import sample
from holdfast.lab.loadmaster.answer import Answer, Done, Refused, Tree, Values, Verbatim
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.configuration import Record, Table

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device

# JSON keeps these as texts though they are digits (seen in captured answers).
_TEXTS = {"VSAddress", "VSPort", "NickName", "ErrorCode", "CheckPort", "PersistTimeout"}
_FIXED = {"Index", "VSAddress", "VSPort", "Protocol", "Status"}


def listvs(device: Device, _call: Call) -> Answer:
    """Return all virtual services."""
    return Values({"VS": [_shown(record) for record in _services(device).values()]})


def showvs(device: Device, call: Call) -> Answer:
    """Return one, by index or by address, port and protocol."""
    return Values(_shown(_found(device, call)))


def addvs(device: Device, call: Call) -> Answer:
    """Add one and return it."""
    address, port, protocol = call.need("vs"), call.need("port"), call.need("prot")
    services = _services(device)
    index = max((int(number) for number in services), default=0) + 1
    record = sample.service(index, address, port, call.get("nickname") or "", protocol)
    if any(_same(record, other) for other in services.values()):
        raise Refused(422, "VS already exists")
    _change(record, call)
    services[str(index)] = record
    return Values(_shown(record))


def modvs(device: Device, call: Call) -> Answer:
    """Change fields of one and return it."""
    record = _found(device, call)
    _change(record, call)
    return Values(_shown(record))


def delvs(device: Device, call: Call) -> Answer:
    """Remove one."""
    del _services(device)[_found(device, call)["Index"]]
    return Done()


def _services(device: Device) -> dict[str, Record]:
    return device.configuration.tables[Table.SERVICE]


def _found(device: Device, call: Call) -> Record:
    asked = call.need("vs")
    named = (asked, call.get("port"), call.get("prot"))
    for index, record in _services(device).items():
        if asked == index or named == (record["VSAddress"], record["VSPort"], record["Protocol"]):
            return record
    raise Refused(422, "Unknown VS")


def _same(one: Record, other: Record) -> bool:
    return all(one[field] == other[field] for field in ("VSAddress", "VSPort", "Protocol"))


def _change(record: Record, call: Call) -> None:
    for field in set(record) - _FIXED:
        value = call.get(field.lower())
        if value is not None:
            record[field] = value


def _shown(record: Record) -> dict[str, Tree]:
    return {tag: Verbatim(text) if tag in _TEXTS else text for tag, text in record.items()}


COMMANDS = {
    "listvs": Command(listvs),
    "showvs": Command(showvs),
    "addvs": Command(addvs, ("vs", "addvs")),
    "modvs": Command(modvs, ("vs",)),
    "delvs": Command(delvs, ("vs",)),
}

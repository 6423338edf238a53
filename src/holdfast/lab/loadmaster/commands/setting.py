"""`get`, `set` and `getall`: the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Answer, Done, Refused, Tree, Values
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.parameter import Access, Parameter
from holdfast.lab.loadmaster.parameters import ALL, PARAMETERS

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device

_SCHEDULE, _SWITCH = "backup", "backupenable"


def get(device: Device, call: Call) -> Answer:
    """Return one parameter, in the spelling that was asked for: the SDK finds no other."""
    asked = call.need("param")
    parameter = _known(asked)
    shown = parameter.show(device.value(asked.lower()))
    return Values({asked: "" if shown is None else shown})


def getall(device: Device, _call: Call) -> Answer:
    """Return all parameters that are set; secrets as asterisks even when they are not."""
    found: dict[str, Tree] = {}
    for parameter in ALL:
        shown = parameter.show(device.value(parameter.tag.lower()))
        if shown is not None:
            found[parameter.tag] = shown
    return Values(found)


def assign(device: Device, call: Call) -> Answer:
    """Set one parameter; an empty value unsets it."""
    name = call.need("param").lower()
    parameter = _known(name)
    text = call.need("value")
    # Whether permission `backup` covers the device's own schedule is not known; here it does.
    call.allow("root", *(["backup"] if name.startswith(_SCHEDULE) else []))
    if parameter.access is Access.READ:
        raise Refused(422, "Unknown parameter value")
    if parameter.access is Access.POST and call.draft.method != "POST":
        raise Refused(422, f"{name} must be sent by POST")
    value = parameter.parse(text)
    if device.switches.enable_backup_first and _too_early(device, name):
        raise Refused(422, "Automated backups are not enabled")
    device.configuration.set(name, value)
    return Done()


def _known(name: str) -> Parameter:
    parameter = PARAMETERS.get(name.lower())
    if parameter is None:
        raise Refused(422, "Unknown parameter")
    return parameter


def _too_early(device: Device, name: str) -> bool:
    return name.startswith(_SCHEDULE) and name != _SWITCH and not device.is_on(_SWITCH)


COMMANDS = {"get": Command(get), "getall": Command(getall), "set": Command(assign)}

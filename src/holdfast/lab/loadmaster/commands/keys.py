"""The API keys of the calling user. The list shows them in full, as the device does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Answer, Done, Refused, Values, Verbatim
from holdfast.lab.loadmaster.commands.command import Command

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.user import User


def addapikey(_device: Device, call: Call) -> Answer:
    """Make a key and return the list; which one is new the caller must find out."""
    call.user.add_key()
    return _listed(call.user)


def listapikeys(_device: Device, call: Call) -> Answer:
    """Return the keys."""
    return _listed(call.user)


def delapikey(device: Device, call: Call) -> Answer:
    """Remove a key, one's own or, with permission `users`, another's."""
    key, owner = call.need("key"), call.get("user") or call.user.name
    if owner != call.user.name:
        call.allow("users")
    user = device.configuration.users.get(owner)
    if user is None or key not in user.keys:
        raise Refused(422, "Unknown API key")
    user.keys.remove(key)
    return Done()


def _listed(user: User) -> Values:
    keys = [Verbatim(key) for key in user.keys]
    return Values({"apikeys": {"key": list(keys)}}, {"apikeys": list(keys)})


COMMANDS = {
    "addapikey": Command(addapikey),
    "listapikeys": Command(listapikeys),
    "delapikey": Command(delapikey),
}

"""The local users and their permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Answer, Commas, Done, Refused, Tree, Values, Verbatim
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.user import PERMISSIONS, User

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device

BUILT_IN = "bal"


def userlist(device: Device, _call: Call) -> Answer:
    """Return all users but the built-in one."""
    users = device.configuration.users.values()
    return Values({"User": [_shown(user) for user in users if user.name != BUILT_IN]})


def usershow(device: Device, call: Call) -> Answer:
    """Return one user."""
    return Values({"User": _shown(_known(device, call))})


def useraddlocal(device: Device, call: Call) -> Answer:
    """Add a user without permissions."""
    name, password = call.need("user"), call.need("password")
    if name in device.configuration.users:
        raise Refused(422, "User already exists.")
    device.configuration.users[name] = User.make(name, password, [])
    return Done()


def userdellocal(device: Device, call: Call) -> Answer:
    """Remove a user."""
    user = _known(device, call)
    if user.name == BUILT_IN:
        raise Refused(422, "Unknown user")
    del device.configuration.users[user.name]
    return Done()


def usersetperms(device: Device, call: Call) -> Answer:
    """Replace the permissions of a user."""
    user = _known(device, call)
    permissions = [word for word in call.need("perms").split(",") if word]
    if set(permissions) - PERMISSIONS:
        raise Refused(422, "Unknown permission")
    user.permissions = permissions
    return Done()


def usersetsyspassword(_device: Device, call: Call) -> Answer:
    """Change the password of the built-in user, who alone may."""
    current, password = call.need("currpassword"), call.need("password")
    if call.user.name != BUILT_IN:
        raise Refused(403, "Permission denied")
    if not call.user.knows(current):
        raise Refused(422, "Invalid password")
    call.user.change_password(password)
    return Done()


def _known(device: Device, call: Call) -> User:
    user = device.configuration.users.get(call.need("user"))
    if user is None:
        raise Refused(422, "Unknown user")
    return user


def _shown(user: User) -> dict[str, Tree]:
    return {"Name": Verbatim(user.name), "Perms": Commas(user.permissions)}


COMMANDS = {
    "userlist": Command(userlist),
    "usershow": Command(usershow),
    "useraddlocal": Command(useraddlocal, ("users",)),
    "userdellocal": Command(userdellocal, ("users",)),
    "usersetperms": Command(usersetperms, ("users",)),
    "usersetsyspassword": Command(usersetsyspassword),
}

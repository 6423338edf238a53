"""Who is calling."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Refused

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Credentials
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.user import User


def login(device: Device, shown: Credentials) -> User:
    """Return the user whose key, else whose password, this is; refuse with 401."""
    if shown.key is not None:
        return _by_key(device, shown.key)
    user = device.configuration.users.get(shown.user or "")
    if user is None or shown.password is None:
        raise _unauthorized()
    if user.name in device.blocked() or not user.knows(shown.password):
        device.lockout.failed(user.name)
        raise _unauthorized()
    device.lockout.succeeded(user.name)
    return user


def _by_key(device: Device, key: str) -> User:
    for user in device.configuration.users.values():
        if any(hmac.compare_digest(known.encode(), key.encode()) for known in user.keys):
            return user
    raise _unauthorized()


def _unauthorized() -> Refused:
    return Refused(401, "Client Error: Authorization required")

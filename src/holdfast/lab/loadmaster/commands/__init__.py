"""The commands by name, one file a subject. Must not: do anything but name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.commands import (
    accounts,
    backup,
    certificate,
    geo,
    identity,
    keys,
    service,
    setting,
    sso,
)

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.commands.command import Command

# Which permission covers `getall`, `licenseinfo` and the lists is not known: any user may.
COMMANDS: dict[str, Command] = {
    **setting.COMMANDS,
    **identity.COMMANDS,
    **backup.COMMANDS,
    **certificate.COMMANDS,
    **keys.COMMANDS,
    **accounts.COMMANDS,
    **service.COMMANDS,
    **geo.COMMANDS,
    **sso.COMMANDS,
}
UPLOADS = frozenset(name for name, command in COMMANDS.items() if command.uploads)

"""Which version of each write-only secret a device was given; a device can be asked for none.

It is told by the device's serial number, for another one behind the same address was given
nothing, and by when the secret was written: numbers begin anew when one was gone for a while.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Mapping

from holdfast.agent import atomic, canonical, fields
from holdfast.agent.failure import Malformed
from holdfast.agent.loadmaster.rewrite import SECRETS, VERSION

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

    Versions = Mapping[str, object]

_WRITTEN = "%s_written"


def load(layout: Layout, name: str, serial: str) -> dict[str, int | None]:
    """Return the version of each secret; None where the device was not given what lies here."""
    versions: dict[str, int | None] = {VERSION % field: None for field in SECRETS}
    try:
        found = fields.load(_path(layout, name), "what %s was given" % name)
        if found is None or found.text("serial") != serial:
            return versions
        for field in SECRETS:
            written = found.whole_or_none(_WRITTEN % field)
            if written is not None and written == _written(layout, name, field):
                versions[VERSION % field] = found.whole_or_none(VERSION % field)
    except Malformed:
        return dict.fromkeys(versions)  # then it is given them once more
    return versions


def note(layout: Layout, name: str, serial: str, versions: Versions) -> None:
    """Remember what a device has been given."""
    os.makedirs(os.path.dirname(_path(layout, name)), mode=0o750, exist_ok=True)
    document: dict[str, object] = {"serial": serial}
    for field in SECRETS:
        document[VERSION % field] = versions[VERSION % field]
        document[_WRITTEN % field] = _written(layout, name, field)
    atomic.write(_path(layout, name), canonical.dumps(document) + "\n")


def forget(layout: Layout, name: str) -> None:
    """Remember nothing: what a device has now may be older than what it was given."""
    atomic.remove(_path(layout, name))


def _written(layout: Layout, name: str, field: str) -> int | None:
    """Return when a secret of the device was written here; None where there is none."""
    path = os.path.join(layout.secrets, "%s.automated_backup.%s" % (name, field))
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None


def _path(layout: Layout, name: str) -> str:
    return os.path.join(layout.var, "given", name + ".json")

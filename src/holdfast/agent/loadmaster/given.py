"""Which version of each write-only secret a device was given; a device can be asked for none.

It is told by its serial number: another device behind the same address was given nothing.
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


_FIELDS = tuple(VERSION % field for field in SECRETS)


def load(layout: Layout, name: str, serial: str) -> dict[str, int | None]:
    """Return the version of each secret; None where the device was given none by us."""
    nothing: dict[str, int | None] = dict.fromkeys(_FIELDS)
    try:
        found = fields.load(_path(layout, name), "what %s was given" % name)
        if found is None or found.text("serial") != serial:
            return nothing
        return {field: found.whole_or_none(field) for field in _FIELDS}
    except Malformed:
        return nothing  # then it is given them once more


def note(layout: Layout, name: str, serial: str, versions: Versions) -> None:
    """Remember what a device has been given."""
    os.makedirs(os.path.dirname(_path(layout, name)), mode=0o750, exist_ok=True)
    document = {"serial": serial, **{field: versions[field] for field in _FIELDS}}
    atomic.write(_path(layout, name), canonical.dumps(document) + "\n")


def _path(layout: Layout, name: str) -> str:
    return os.path.join(layout.var, "given", name + ".json")

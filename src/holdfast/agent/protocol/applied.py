"""What was last applied, by whom, from which commit: `applied/<kind>.json`, apart from the things.

Drift is what is there against this record.
"""

from __future__ import annotations

import json
import os
import time

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


def load(layout: Layout, kind: str) -> dict[str, dict[str, object]]:
    """Return the record of one kind by name; raise ValueError where it is damaged."""
    try:
        with open(_path(layout, kind), encoding="utf-8") as file:
            record = json.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if not isinstance(record, dict) or not all(isinstance(item, dict) for item in record.values()):
        raise ValueError("not an object of objects")
    return record


def attributes(record: dict[str, dict[str, object]], name: str) -> object:
    """Return the attributes last applied under a name, None if there are none."""
    item = record.get(name)
    return None if item is None else item.get("attributes")


def note(layout: Layout, kind: str, changed: dict[str, object], by: dict[str, object]) -> None:
    """Record the attributes now applied by name; None takes a name out."""
    from holdfast.agent import atomic, canonical  # noqa: PLC0415 - a read must not pay for it

    try:
        record = load(layout, kind)
    except ValueError:
        record = {}  # damaged: what is applied now is known, the rest shows as never applied
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for name, value in changed.items():
        if value is None:
            record.pop(name, None)
        else:
            record[name] = {"attributes": value, "by": by, "at": at}
    if record:
        atomic.write(_path(layout, kind), canonical.dumps(record) + "\n")
    else:
        atomic.remove(_path(layout, kind))


def _path(layout: Layout, kind: str) -> str:
    return os.path.join(layout.applied, kind + ".json")

"""LoadMasters that this node reaches: address, proof and login, as an apply put them down.

A request never brings them: with them goes the key that lies here.
"""

from __future__ import annotations

import json
import os

from holdfast.agent import lines, names, permissions

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the devices by name, and those whose file cannot be used."""
    try:
        files = sorted(os.listdir(survey.layout.loadmasters))
    except FileNotFoundError:
        return {}, []
    found: dict[str, object] = {}
    problems = []
    for file in files:
        name = file[:-5]
        if file.endswith(".json") and names.is_name(name):
            attributes = _read(_path(survey, name))
            found[name] = attributes
            if "damaged" in attributes:
                what = "its file cannot be used: %s" % attributes["damaged"]
                hint = "apply writes it again"
                problems.append(lines.problem("loadmaster", name, what, hint, severity="warning"))
    return found, problems


def apply(survey: Survey, op: Op) -> None:
    """Write a device down, under its new name if it was renamed, or remove it."""
    from holdfast.agent import atomic, canonical  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.fields import Fields  # noqa: PLC0415
    from holdfast.agent.loadmaster import memory, target  # noqa: PLC0415

    gone = op.previous
    if op.after is None:
        gone = op.name
    else:
        target.parse(op.name, Fields(op.after, "LoadMaster " + op.name))
        atomic.write(_path(survey, op.name), canonical.dumps(op.after) + "\n")
    if gone is not None:
        atomic.remove(_path(survey, gone))
        memory.forget(survey.layout, gone)


def _path(survey: Survey, name: str) -> str:
    return os.path.join(survey.layout.loadmasters, name + ".json")


def _read(path: str) -> dict[str, object]:
    """Return the attributes of a device, or how its file is damaged."""
    from holdfast.agent import regular  # noqa: PLC0415 - most nodes have none
    from holdfast.agent.failure import Malformed  # noqa: PLC0415

    try:
        document = json.loads(regular.read(path, "it"))
    except Malformed as error:
        return {"damaged": str(error)}
    except OSError as error:
        return {"damaged": str(error.strerror)}
    except (ValueError, RecursionError) as error:
        return {"damaged": "not JSON: %s" % error}
    if not isinstance(document, dict):
        return {"damaged": "not a JSON object"}
    # Who could write there could have the key sent to another address.
    if open_to_others := permissions.fault(os.lstat(path), permissions.WRITE):
        document["permissions"] = open_to_others
    return document

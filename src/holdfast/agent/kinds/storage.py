"""Storages: named directories for backups, each proved by its marker.

A known storage whose marker is missing or other (an unmounted share) is never made again.
"""

from __future__ import annotations

import json
import os

from holdfast.agent import lines, names, regular
from holdfast.agent.backups import marker
from holdfast.agent.failure import Malformed

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the storages by name, and what is wrong with them."""
    found: dict[str, object] = {}
    problems = []
    for name in _names(survey.layout.storages):
        known = _record(os.path.join(survey.layout.storages, name + ".json"))
        kind, place = known.get("kind"), known.get("place")
        hint = "mount it; until then nothing is written there"
        if not isinstance(place, str):
            found[name] = {"damaged": "its record is not one of ours"}
            continue
        state, what = _look(survey.layout, kind, place, known.get("marker"))
        found[name] = {"kind": kind, "place": place, "marker": state}
        if state != marker.OK:
            problems.append(lines.problem("storage", name, what, hint))
    return found, problems


def _look(layout: Layout, kind: object, place: str, known: object) -> tuple[str, str]:
    """Return how the marker of a place compares with the known one, and that in words."""
    if kind == "dataset":
        from holdfast.agent.kinds import parent  # noqa: PLC0415 - few nodes have ZFS

        return parent.look(place, known)
    try:
        state = marker.compare(marker.find(layout.under(place)), known)
    except OSError as error:
        return marker.OTHER, "its marker at %s: %s" % (place, error.strerror)
    return state, "its marker is %s at %s" % (state, place)


def apply(survey: Survey, op: Op) -> None:
    """Make a storage, or drop it from our records; the backups in it stay."""
    from holdfast.agent import atomic, canonical  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.failure import Failed  # noqa: PLC0415
    from holdfast.agent.fields import Fields  # noqa: PLC0415

    layout = survey.layout
    path = os.path.join(layout.storages, op.name + ".json")
    known = _record(path)
    if op.after is None:
        atomic.remove(path)
        _release(layout, known)
        return
    given = Fields(op.after, "storage " + op.name)
    kind, place = given.text("kind"), given.text("place")
    if kind == "dataset":
        from holdfast.agent.kinds import parent  # noqa: PLC0415

        document = {"kind": kind, "place": place, "marker": parent.occupy(given, known)}
        atomic.write(path, canonical.dumps(document) + "\n")
        return
    if kind != "directory":
        raise Failed("a storage of kind %s is more than this agent can do" % kind)
    if not place.startswith("/") or os.path.normpath(place) != place or "\0" in place:
        raise given.refusal("place", "an absolute path in its plain form")
    folder = layout.under(place)
    _refuse_place(layout, place)
    if place == known.get("place"):
        _expect_marker(folder, known)
    document = {"kind": kind, "place": place, "marker": _occupy(folder)}
    atomic.write(path, canonical.dumps(document) + "\n")


def _refuse_place(layout: Layout, place: str) -> None:
    """Raise Failed for a place where backups would be removed with something else; links count."""
    from holdfast.agent import places  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.failure import Failed  # noqa: PLC0415

    root, real = os.path.realpath(layout.root), os.path.realpath(layout.under(place))
    if places.lies_in(real, root):
        real = os.path.normpath("/" + os.path.relpath(real, root))
    for path in (place, real):
        why = places.refusal(path)
        if why:
            raise Failed("%s %s: no storage can be there" % (path, why))


def _occupy(folder: str) -> str:
    """Make a folder and its marker where they are missing; return the marker's id."""
    from holdfast.agent import atomic  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.failure import Failed  # noqa: PLC0415 - a read must not pay for it

    if not os.path.isdir(os.path.dirname(folder)):
        raise Failed("%s is not there: make or mount it first" % os.path.dirname(folder))
    atomic.make_folder(folder)
    found = marker.make(folder)
    if not found:
        raise Failed("the marker in %s is damaged: see whose it is, then remove it" % folder)
    return found


def _expect_marker(folder: str, known: dict[str, object]) -> None:
    from holdfast.agent.failure import Failed  # noqa: PLC0415 - a read must not pay for it

    state = marker.compare(marker.find(folder), known.get("marker"))
    if state != marker.OK:
        raise Failed(
            "its marker is %s at %s: mount it; a storage that is gone for good "
            "is taken out of the inventory first" % (state, folder)
        )


def _release(layout: Layout, known: dict[str, object]) -> None:
    """Take the marker away where nothing lies beside it and no other storage counts on it."""
    place = known.get("place")
    if not isinstance(place, str) or known.get("kind") != "directory":
        return  # a dataset keeps its marker: it may go only as a whole, by its owner's hand
    if marker.find(layout.under(place)) != known.get("marker"):
        return
    inventories = os.path.dirname(layout.etc)
    for inventory in os.listdir(inventories):
        folder = os.path.join(inventories, inventory, "storages")
        for name in _names(folder):
            if _record(os.path.join(folder, name + ".json")).get("marker") == known.get("marker"):
                return
    marker.remove(layout.under(place))


def _names(folder: str) -> list[str]:
    try:
        files = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(
        name[:-5] for name in files if name.endswith(".json") and names.is_name(name[:-5])
    )


def _record(path: str) -> dict[str, object]:
    """Return the record of a storage; empty where there is none, or none that we could use."""
    try:
        document = json.loads(regular.read(path, "record"))
    except (FileNotFoundError, ValueError, Malformed):
        return {}
    return document if isinstance(document, dict) else {}

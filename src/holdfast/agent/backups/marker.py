"""The marker of a storage: a file with a random id that proves that the right thing is mounted."""

from __future__ import annotations

import json
import os

from holdfast.agent import regular
from holdfast.agent.failure import Malformed
from holdfast.agent.places import lies_in

NAME = ".holdfast-storage.json"
OK, MISSING, OTHER = "ok", "missing", "other"


def find(folder: str) -> str | None:
    """Return the id of a folder's marker, None if it has none; a damaged one has the id ``."""
    try:
        document = json.loads(regular.read(os.path.join(folder, NAME), "marker"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, RecursionError, Malformed):
        return ""
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""


def above(path: str, root: str) -> str:
    """Return the marked folder that a path really lies in, up to a root; nothing if in none."""
    folder, top = os.path.dirname(os.path.realpath(path)), os.path.realpath(root)
    while lies_in(folder, top):
        if os.path.lexists(os.path.join(folder, NAME)):
            return folder
        if folder == top:
            break
        folder = os.path.dirname(folder)
    return ""


def compare(found: str | None, known: object) -> str:
    """Return `ok` when the marker found is the known one, else `missing` or `other`."""
    if found is None:
        return MISSING
    return OK if found and found == known else OTHER


def make(folder: str) -> str:
    """Return the id of a folder's marker, made unless it is there: another node may share it."""
    import secrets  # noqa: PLC0415 - only the making of one needs it

    from holdfast.agent import atomic, canonical  # noqa: PLC0415

    found = find(folder)
    if found is None:
        content = canonical.dumps({"id": secrets.token_hex(16)}) + "\n"
        atomic.create(os.path.join(folder, NAME), content)
        found = find(folder)
    return found or ""


def remove(folder: str) -> None:
    """Take the marker out of a folder that holds nothing else."""
    from holdfast.agent import atomic  # noqa: PLC0415

    if os.listdir(folder) == [NAME]:
        atomic.remove(os.path.join(folder, NAME))

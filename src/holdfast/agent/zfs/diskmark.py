"""The mark of a restored dataset: which disk it holds, by the GUID that its backups tell.

It names the dataset itself as well, for what lies below inherits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command, datasets

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields

NAME = "holdfast:disk"


def put(dataset: str, disk: str) -> None:
    """Mark what a dataset holds as this disk."""
    own = datasets.properties(dataset, "guid")
    if own is None:
        raise Failed("dataset %s is gone: it was destroyed meanwhile" % dataset)
    command.run("set", "%s=%s:%s" % (NAME, own["guid"], disk), dataset)


def told(given: Fields) -> str:
    """Return the disk that another node tells of; an agent from before such marks tells nothing."""
    disk = given.text("disk") if "disk" in given.document else ""
    if disk and not _is_guid(disk):
        raise given.refusal("disk", "a GUID")
    return disk


def of(dataset: str, guid: str) -> str:
    """Return the disk that a dataset of that GUID is marked as, nothing if it is not."""
    told = command.ask("get", "-H", "-p", "-o", "value", NAME, dataset) or ""
    own, _, disk = told.strip().partition(":")
    return disk if own == guid and _is_guid(disk) else ""


def _is_guid(text: str) -> bool:
    return text.isascii() and text.isdigit()

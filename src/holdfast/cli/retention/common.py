"""What the retention commands share: a promise, and the backups that are its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import click

from holdfast.engine.pick import Found, Where, find
from holdfast.engine.reach import Reach
from holdfast.inventory.load import load
from holdfast.inventory.select import promises

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.stock import Stored
    from holdfast.inventory.promise import Promise

identity = click.argument("definition", metavar="ID")


class Kept(NamedTuple):
    """A promise, its own backups, and all that its node answered."""

    promise: Promise
    own: list[Stored]
    found: Found
    reach: Reach


def kept(directory: Path, definition: str) -> Kept:
    """Return what the node holds for the definition of an ID."""
    reach = Reach(load(directory), os.environ)
    known = {promise.id: promise for promise in promises(reach.inventory)}
    if definition not in known:
        raise click.ClickException(f"{directory}: there is no definition {definition}")
    promise = known[definition]
    found = find(reach, Where(promise.node, promise.storage), 1)
    ids = (promise.id, *promise.was)
    own = [b for b in found.backups if b.owned and b.definition in ids and b.file is not None]
    return Kept(promise, own, found, reach)

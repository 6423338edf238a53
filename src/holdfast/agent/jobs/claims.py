"""What a job holds for its time: a slot of the node, its definition, its source and its chains.

They are locks that the child takes over, so they end with it, whatever becomes of the dispatcher.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterable, Iterator

from holdfast.agent import canonical, locks, subject
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import settings

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout


def slot(layout: Layout) -> int | None:
    """Return a held slot of the node, None while all are in use."""
    for number in range(1, settings.slots(layout) + 1):
        held = locks.take(os.path.join(layout.run, "slot-%d.lock" % number))
        if held is not None:
            return held
    return None


def exclusive(layout: Layout, definition: Definition) -> list[int] | None:
    """Return the held definition, source and chains, None while anybody else has one of them."""
    names = [of_definition(layout, definition.id), _source(layout, definition)]
    if definition.type == "dataset":  # what is old goes from the chains of former names, too
        folders = (definition.folder, *definition.former_folders)
        names += [chain(definition.place, folder) for folder in folders]
    held: list[int] = []
    for name in names:
        descriptor = locks.take(os.path.join(layout.run, name))
        if descriptor is None:
            release(held)
            return None
        held.append(descriptor)
    return held


@contextlib.contextmanager
def kept_away(layout: Layout, runs: Iterable[tuple[str, str]], needed: str) -> Iterator[None]:
    """Keep runs away from a backup meanwhile, by their locks' names and whose they are.

    Raises Failed where one is at work.
    """
    with contextlib.ExitStack() as stack:
        for name, whose in runs:
            if not stack.enter_context(locks.tried(os.path.join(layout.run, name))):
                raise Failed(
                    "a run of %s is under way and may need %s: try again after it" % (whose, needed)
                )
        yield


def release(held: list[int]) -> None:
    """Close our own copies of what is held; a child that took it over still holds it."""
    for descriptor in held:
        os.close(descriptor)


def of_definition(layout: Layout, identity: str) -> str:
    """Return the name of a definition's lock: no two of its runs are at work together."""
    return "definition-%s-%s.lock" % (layout.inventory, identity)


def _source(layout: Layout, definition: Definition) -> str:
    """Return the name of a definition's source; its own node holds the lock of one elsewhere."""
    kind, place = definition.source.kind, definition.source.place
    if definition.peer is None:
        return source(layout, kind, place)
    return "source-%s.lock" % canonical.digest([definition.peer, kind, place])[:32]


def chain(parent: str, folder: str) -> str:
    """Return the name of a chain's lock: two inventories, or two sources, may go into one."""
    return "chain-%s.lock" % canonical.digest([parent, folder])[:32]


def source(layout: Layout, kind: str, place: str) -> str:
    """Return the name of a source's lock: two inventories may call one image differently."""
    if kind == subject.LOADMASTER:
        real = _address(layout, place)
    else:
        real = os.path.realpath(layout.under(place))
    return "source-%s.lock" % canonical.digest([kind, real])[:32]


def _address(layout: Layout, name: str) -> str:
    """Return where a LoadMaster is, which two inventories may call differently, too."""
    from holdfast.agent.loadmaster import target  # noqa: PLC0415 - few nodes are connectors

    try:
        return target.load(layout, name).address.lower()
    except Failed:
        return name  # its run says what is wrong with it

"""What is backed up, one file a source; `seam` is what a run sees of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources import seam


def opened(layout: Layout, definition: Definition) -> AbstractContextManager[seam.Opened]:
    """Open a definition's image for one reading of its content."""
    if definition.peer is not None:
        from holdfast.agent.sources import there  # noqa: PLC0415 - one source a run

        return there.opened(layout, definition)
    from holdfast.agent.sources import here  # noqa: PLC0415 - one source a run

    return here.opened(layout, definition)


def origin(
    layout: Layout, definition: Definition, owners: tuple[str, ...], keepers: tuple[str, ...]
) -> AbstractContextManager[seam.Origin]:
    """Give a definition's dataset to send snapshots from; `owners` are the inventory's ids.

    `keepers` are the names of who holds a base there, the present one first.
    """
    if definition.peer is not None:
        from holdfast.agent.sources import there  # noqa: PLC0415 - one source a run

        return there.origin(layout, definition, keepers)
    from holdfast.agent.sources import sending  # noqa: PLC0415 - few nodes have ZFS

    return sending.origin(layout, definition, owners, keepers)

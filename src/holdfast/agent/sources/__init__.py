"""What is backed up, one file a source; `seam` is what a run sees of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources import seam


def opened(
    layout: Layout, definition: Definition, owners: tuple[str, ...]
) -> AbstractContextManager[seam.Opened]:
    """Open a definition's disk for one reading of its content; `owners` are the inventory's ids."""
    from holdfast.agent.sources import here  # noqa: PLC0415 - one source a run

    return here.opened(layout, definition, owners)


def origin(
    layout: Layout, definition: Definition, owners: tuple[str, ...], keeper: str
) -> AbstractContextManager[seam.Origin]:
    """Give a definition's dataset to send snapshots from; `keeper` is who holds a base there."""
    from holdfast.agent.sources import here  # noqa: PLC0415 - one source a run

    return here.origin(layout, definition, owners, keeper)

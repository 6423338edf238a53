"""What is backed up and restored, one file a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.image import Image


def find(layout: Layout, definition: Definition) -> Image:
    """Return the source of a definition, opened."""
    source = definition.source
    if source.kind != "image":
        raise Failed("this agent cannot back up a source of kind %s" % source.kind)
    from holdfast.agent.sources.image import Image  # noqa: PLC0415 - one source a run

    return Image(layout.under(source.place), definition.consistency)

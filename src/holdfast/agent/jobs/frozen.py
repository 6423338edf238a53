"""How freezing the guest went for the snapshot that is being sent: one record a definition.

Should the run be killed, whoever adopts what it sent tells in its manifest what is told here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic, canonical, fields
from holdfast.agent.failure import Malformed
from holdfast.agent.freeze.around import FAILED, FROZEN, OFF

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout


def record(layout: Layout, definition: Definition, guid: str, word: str) -> None:
    """Put down how it went, before a byte of the snapshot is sent; nothing where none was asked."""
    if word != OFF:
        document = {"snapshot": guid, "freeze": word}
        atomic.write(_path(layout, definition), canonical.dumps(document) + "\n")


def word(layout: Layout, definition: Definition, guid: str) -> str:
    """Return how it went for a snapshot; what nobody can tell any more was not frozen."""
    unknown = OFF if definition.freeze == OFF else FAILED
    try:
        given = fields.load(_path(layout, definition), "the record of the last freeze")
        if given is None or given.text("snapshot") != guid:
            return unknown
        return given.one_of("freeze", FROZEN, FAILED)
    except Malformed:
        return unknown


def _path(layout: Layout, definition: Definition) -> str:
    return os.path.join(layout.frozen, definition.id + ".json")

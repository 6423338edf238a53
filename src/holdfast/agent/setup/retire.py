"""Takes everything of one inventory off a node; the backups stay."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.cron import cronwrite
from holdfast.agent.setup import adopt, node, readerkey

if TYPE_CHECKING:
    from holdfast.agent.setup.survey import Survey


def leave(survey: Survey) -> None:
    """Remove what is this inventory's, and the agent with the last of them.

    The settings go last of all: while they are there, a plan sees that something is left.
    """
    layout = survey.layout
    adopt.refuse_while_running(layout)
    for mode in (node.CRON_D, node.CRONTAB):
        cronwrite.clear(layout, mode)
    readerkey.remove(layout)
    _remove(layout.var)
    if os.listdir(os.path.dirname(layout.etc)) == [layout.inventory]:
        for folder in (layout.queue, layout.run, os.path.dirname(layout.agent)):
            _remove(folder)
    _remove(layout.etc)
    for parent in map(os.path.dirname, (layout.var, layout.etc)):
        # A file system that somebody mounted there is not ours to take away.
        if os.path.isdir(parent) and not os.path.ismount(parent) and not os.listdir(parent):
            os.rmdir(parent)


def _remove(folder: str) -> None:
    if os.path.isdir(folder) and not os.path.islink(folder):
        shutil.rmtree(folder)
        atomic.sync_folder(os.path.dirname(folder))

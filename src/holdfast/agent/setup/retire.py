"""Takes everything of one inventory off a node; the backups stay."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.backups import manifest, marker
from holdfast.agent.cron import cronwrite
from holdfast.agent.failure import Failed
from holdfast.agent.setup import adopt, authorized, loosen, node

if TYPE_CHECKING:
    from holdfast.agent.setup.survey import Survey


def leave(survey: Survey) -> None:
    """Remove what is this inventory's, and the agent with the last of them.

    The settings go last of all: while they are there, a plan sees that something is left.
    """
    layout = survey.layout
    adopt.refuse_while_running(layout)
    trees = [layout.var]
    if os.listdir(os.path.dirname(layout.etc)) == [layout.inventory]:
        trees += [layout.queue, layout.run, os.path.dirname(layout.agent)]
    trees.append(layout.etc)
    for tree in trees:
        _refuse_backups(tree)
    read = loosen.sources(survey.definitions.values()) | loosen.granted(layout)
    loosen.loosen(layout, read, frozenset())
    for mode in (node.CRON_D, node.CRONTAB):
        cronwrite.clear(layout, mode)
    authorized.put(layout, ())
    for tree in trees:
        _remove(tree)
    for parent in map(os.path.dirname, (layout.var, layout.etc)):
        # A file system that somebody mounted there is not ours to take away.
        if os.path.isdir(parent) and not os.path.ismount(parent) and not os.listdir(parent):
            os.rmdir(parent)


def _refuse_backups(tree: str) -> None:
    """Raise Failed for a tree of ours in which somebody keeps backups, or mounted something."""
    for here, folders, files in os.walk(tree, onerror=_reraise):
        held = [name for name in files if name == marker.NAME or _is_manifest(name)]
        mounted = [name for name in folders if os.path.ismount(os.path.join(here, name))]
        for name in held + mounted:
            raise Failed(
                "%s lies in a tree that would be removed: move the backups out of %s first"
                % (os.path.join(here, name), here)
            )


def _is_manifest(name: str) -> bool:
    backup = name[: -len(".json")]
    return name.endswith(".json") and manifest.is_backup(backup, backup.rpartition("-")[0])


def _reraise(error: OSError) -> None:
    # What cannot be looked at may hold backups; that it is not there is fine.
    if not isinstance(error, FileNotFoundError):
        raise error


def _remove(folder: str) -> None:
    if os.path.isdir(folder) and not os.path.islink(folder):
        shutil.rmtree(folder)
        atomic.sync_folder(os.path.dirname(folder))

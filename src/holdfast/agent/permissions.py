"""Who beside their owner could change, or read, what an apply put on the node."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from typing import Iterator

    from holdfast.agent.layout import Layout

WRITE, ALL = 0o022, 0o077  # what group and others must not be able to do


def fault(found: os.stat_result, forbidden: int) -> str:
    """Return whom else a file is open to, nothing where it is as an apply leaves it."""
    if stat.S_ISLNK(found.st_mode):
        return "a link"
    if found.st_mode & forbidden:
        return "mode %o" % (found.st_mode & 0o7777)
    if found.st_uid not in (0, os.geteuid()):
        return "owner %d" % found.st_uid
    return ""


def faults(layout: Layout) -> str:
    """Return in words which folder or archive of ours is open to others."""
    return ", ".join(
        "/%s: %s" % (os.path.relpath(path, layout.root), fault(found, forbidden))
        for path, found, forbidden in _looked_at(layout)
        if fault(found, forbidden)
    )


def mend(layout: Layout) -> None:
    """Close to others whatever is open to them.

    Where that is the agents' folder or in it, what was compiled goes: they may have put it there.
    An archive proves itself by its SHA-256.
    """
    open_ones = [each for each in _looked_at(layout) if fault(each[1], each[2])]
    for path, found, forbidden in open_ones:  # folders first, so that nobody puts more into them
        if not os.path.islink(path):
            os.chown(path, os.geteuid(), -1, follow_symlinks=False)
            os.chmod(path, found.st_mode & 0o7777 & ~forbidden)
    folders = (layout.agents, os.path.dirname(layout.agents))
    if any(path in folders or _lies_in(path, layout) for path, _, _ in open_ones):
        _remove_compiled(layout.agents)


def _remove_compiled(folder: str) -> None:
    """Remove all but archives, be it a link or a folder that has such a name."""
    import shutil  # noqa: PLC0415 - takes long to load, and every read looks here

    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif entry.is_symlink() or not entry.name.endswith(".pyz"):
            os.unlink(entry.path)


def _lies_in(path: str, layout: Layout) -> bool:
    return os.path.dirname(path) == layout.agents


def _looked_at(layout: Layout) -> Iterator[tuple[str, os.stat_result, int]]:
    """Yield what holds all that runs or is kept here.

    A link where somebody may have put a folder of ours says nothing by its own mode; of agents
    there are none.
    """
    agents = layout.agents
    archives = (os.path.join(agents, name) for name in sorted(os.listdir(agents)))
    own = (os.path.dirname(agents), agents, *archives)
    kept = [layout.definitions, layout.loadmasters, layout.peers, layout.known, layout.storages]
    kept.append(layout.signers)
    for path in (*own, layout.etc, *kept, layout.secrets):
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            continue
        if not stat.S_ISLNK(found.st_mode) or _lies_in(path, layout):
            yield path, found, ALL if path == layout.secrets else WRITE

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
    """Close to others whatever is open to them; what was compiled goes, for they may have done it.

    An archive proves itself by its SHA-256.
    """
    for path, found, forbidden in _looked_at(layout):
        was_compiled = os.path.dirname(path) == layout.agents and not path.endswith(".pyz")
        if fault(found, forbidden) and was_compiled:
            os.unlink(path)
        elif fault(found, forbidden):
            os.chown(path, os.geteuid(), -1, follow_symlinks=False)
            os.chmod(path, found.st_mode & 0o7777 & ~forbidden)


def _looked_at(layout: Layout) -> Iterator[tuple[str, os.stat_result, int]]:
    """Yield what holds all that runs or is kept here, but no link: its own mode means nothing."""
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
        if not stat.S_ISLNK(found.st_mode):
            yield path, found, ALL if path == layout.secrets else WRITE

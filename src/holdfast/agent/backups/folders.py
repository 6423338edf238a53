"""The folders below a storage's place: real ones, never links that lead elsewhere."""

from __future__ import annotations

import os
import stat

from holdfast.agent.failure import Failed


def below(place: str) -> list[str]:
    """Return the paths of the folders in a folder, in order; hidden ones are not ours."""
    with os.scandir(place) as entries:
        return sorted(
            entry.path
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."
        )


def links(place: str) -> list[str]:
    """Return the paths of what stands where a server's or a disk's folder could, but is a link."""
    found = []
    for folder in (place, *below(place)):
        with os.scandir(folder) as entries:
            found += [
                entry.path
                for entry in entries
                if entry.is_symlink() and entry.is_dir() and entry.name[0] != "."
            ]
    return sorted(found)


def refuse_links(place: str, folder: str) -> None:
    """Raise Failed unless all below a place that leads to a folder are folders, or not there."""
    path = place
    for name in os.path.relpath(folder, place).split(os.sep):
        path = os.path.join(path, name)
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISDIR(mode):
            what = "a link" if stat.S_ISLNK(mode) else "no folder"
            raise Failed(
                "%s is %s: put a folder there; nothing behind it is touched" % (path, what)
            )


def printable(path: str) -> str:
    """Return a path as text that every reader can take: other bytes are written in hex."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

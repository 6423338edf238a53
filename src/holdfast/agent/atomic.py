"""Files that are there whole or not at all: temporary name, fsync, rename, fsync the folder."""

import os
import tempfile
from typing import Union


def write(path: str, content: Union[str, bytes], mode: int = 0o640) -> None:
    """Put content at path; a reader sees the old file or the new one, also after a power cut.

    The temporary name begins with a dot and holds a second one: in /etc/cron.d any other would fire.
    """
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o750, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".holdfast.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_folder(folder)


def remove(path: str) -> None:
    """Remove a file, durably; one that is not there is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    sync_folder(os.path.dirname(path))


def sync_folder(folder: str) -> None:
    """Make renames and removals in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

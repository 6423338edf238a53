"""Files that are there whole or not at all: temporary name, fsync, rename, fsync the folder."""

import errno
import os
from typing import Mapping, Union

_PREFIX, _SUFFIX = ".holdfast.", ".tmp"
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)  # as of SMB, FAT and FUSE


def write(path: str, content: Union[str, bytes], mode: int = 0o640) -> None:
    """Put content at path; a reader sees the old file or the new one, also after a power cut."""
    write_all({path: content}, mode)


def write_all(contents: Mapping[str, Union[str, bytes]], mode: int = 0o640) -> None:
    """Put each content at its path, each in one step; much faster than one by one.

    All is written before the first fsync, which then carries the others along.
    """
    temporaries = {}
    try:
        for path, content in contents.items():
            os.makedirs(os.path.dirname(path), mode=0o750, exist_ok=True)
            temporaries[path] = _put_aside(path, content, mode)
        for temporary in temporaries.values():
            _sync(temporary, os.O_RDONLY)
        for path in contents:
            os.rename(temporaries[path], path)
            del temporaries[path]
    finally:
        for temporary in temporaries.values():
            os.unlink(temporary)
    for folder in sorted({os.path.dirname(path) for path in contents}):
        sync_folder(folder)


def create(path: str, content: Union[str, bytes], mode: int = 0o640) -> None:
    """Put content at path unless something is there; of several at once, one wins."""
    temporary = _put_aside(path, content, mode)
    try:
        _sync(temporary, os.O_RDONLY)
        place(temporary, path)
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
    sync_folder(os.path.dirname(path))


def place(file: str, path: str) -> bool:
    """Give a whole file the name path unless something has it; return whether it got it.

    It may keep the name that it had. Nothing is synced.
    """
    try:
        os.link(file, path)
    except FileExistsError:
        return False
    except OSError as error:
        # There, two that come within one moment are not told apart.
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            return False
        os.rename(file, path)
    return True


def remove(path: str) -> None:
    """Remove a file, durably; one that is not there is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    sync_folder(os.path.dirname(path))


def make_folder(folder: str) -> None:
    """Make one folder, not those above it, unless it is there; another process may make it too."""
    try:
        os.mkdir(folder, 0o750)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
    else:
        sync_folder(os.path.dirname(folder))


def sync_folder(folder: str) -> None:
    """Make renames and removals in a folder survive a power cut."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one that a killed write may leave behind."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def _put_aside(path: str, content: Union[str, bytes], mode: int) -> str:
    """Return the temporary file beside path that holds the content.

    Its name begins with a dot and holds another: in /etc/cron.d any other would fire.
    """
    name = _PREFIX + os.urandom(8).hex() + _SUFFIX
    temporary = os.path.join(os.path.dirname(path), name)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fchmod(descriptor, mode)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _sync(path: str, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

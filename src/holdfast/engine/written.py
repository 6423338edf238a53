"""Files that a command writes on this machine: by one at a time, and an error names the file."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)  # as of some NFS: two are not told apart


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Give an error of what is written inside the name of the file: a full disk knows none."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(file)
        raise


def make(contents: Mapping[Path, str], mode: int = 0o666) -> None:
    """Make files, all of them or none, never over one that is there."""
    made: list[Path] = []
    try:
        for file, content in contents.items():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            made.append(file)
            with named(file), open(descriptor, "w", encoding="utf-8") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(descriptor)
    except BaseException:
        for file in made:
            file.unlink()
        raise


@contextmanager
def alone(hidden: Path, target: Path) -> Iterator[BinaryIO]:
    """Give the hidden file beside target that becomes it, as it is; BackupError if another has it.

    Nobody else gets it before the end, so put it in place, or remove it, inside.
    """
    with named(hidden), ExitStack() as held:
        file = held.enter_context(_locked(hidden, target))
        if os.fstat(file.fileno()).st_nlink > 1:
            # A kill left it as a second name of a file that is in its place, or was moved from it.
            hidden.unlink()
            file = held.enter_context(_locked(hidden, target))
        os.fchmod(file.fileno(), 0o600)
        yield file


@contextmanager
def _locked(hidden: Path, target: Path) -> Iterator[BinaryIO]:
    with open(hidden, "r+b", opener=_opened) as file:
        if not _is_ours(file.fileno(), hidden):
            raise BackupError(f"{target}: another download to it is going on; wait for it")
        yield file


def put(new: Path, target: Path) -> None:
    """Put a whole file in its place, for good; BackupError where another came to be there."""
    if not atomic.place(str(new), str(target)):
        raise BackupError(f"{target}: has come to be there meanwhile; it was left as it is")
    new.unlink(missing_ok=True)
    with suppress(OSError):  # the file is whole; some file systems sync no folder
        atomic.sync_folder(str(target.parent))


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _is_ours(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        # Who had it may have put it in place since it was opened.
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False

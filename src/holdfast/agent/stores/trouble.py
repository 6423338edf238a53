"""What the errors of a storage mean to a person. Must not: hide one."""

from __future__ import annotations

import contextlib
import errno
from typing import Iterator

from holdfast.agent.failure import Failed

_ADVICE = {
    errno.ENOSPC: "free some space, or keep fewer backups",
    errno.EDQUOT: "raise the quota, or keep fewer backups",
    errno.EROFS: "mount it writable",
    errno.EACCES: "give the user that the agent runs as access",
    errno.EPERM: "give the user that the agent runs as access",
    errno.EFBIG: "its file system cannot hold a file of this size",
    errno.EIO: "look at the device, or at the network mount",
    errno.ESTALE: "mount it again",
    errno.ENOENT: "not mounted any more?",
    errno.EEXIST: "move away what stands there: a folder is to be made",
    errno.ENOTDIR: "move away the file that stands where a folder is to be",
}
_OF_ONE_PATH = (errno.EEXIST, errno.ENOTDIR)


@contextlib.contextmanager
def explained(storage: str, place: str) -> Iterator[None]:
    """Turn the errors of a storage into a message that says what to do; nothing half-done stays."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "look at the storage")
        where = error.filename if error.errno in _OF_ONE_PATH else place
        raise Failed(
            "storage %s: %s at %s: %s; no backup was made"
            % (storage, error.strerror, where, advice)
        ) from error

"""Reading files in places where others may put something else: a link, a pipe, a device."""

from __future__ import annotations

import errno
import os
import stat

from holdfast.agent.failure import Malformed

# A pipe would block an ordinary open for ever; a link could lead anywhere.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_NO_FILE = (errno.ELOOP, errno.ENXIO)  # a link, a socket


def read(path: str, what: str) -> bytes:
    """Return the content of a regular file; raise Malformed for any other kind of file."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
        raise Malformed(what + " is no regular file") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Malformed(what + " is no regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)

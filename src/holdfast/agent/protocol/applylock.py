"""The lock that lets one apply at a time work on a node, with its owner written in it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from typing import Iterator

from holdfast.agent import canonical
from holdfast.agent.layout import Layout
from holdfast.agent.protocol.request import Refusal

_SHOWN = 200


@contextlib.contextmanager
def held(by: dict[str, object]) -> Iterator[None]:
    """Hold the lock inside; raise Refusal `locked`, naming the owner, when another holds it."""
    folder = Layout.here("none").run
    os.makedirs(folder, mode=0o750, exist_ok=True)
    descriptor = _take(os.path.join(folder, "apply.lock"))
    try:
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        owner = canonical.dumps({"by": by, "pid": os.getpid(), "since": since})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(path: str) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 4096, 0)
            os.close(descriptor)
            raise Refusal("locked", "another apply works here: " + _describe(owner)) from None
        # The apply that retired the node may have removed the file while we opened it.
        if os.path.exists(path) and os.path.samestat(os.stat(path), os.fstat(descriptor)):
            return descriptor
        os.close(descriptor)


def _describe(content: bytes) -> str:
    """Return who holds the lock, as far as it has written that down yet."""
    try:
        owner = json.loads(content)
    except ValueError:
        return "it has just begun"
    by = owner.get("by") or {}
    who = "%s@%s" % (by.get("user", "?"), by.get("host", "?"))
    parts = (who, by.get("url"), "since %s" % owner.get("since"), "pid %s" % owner.get("pid"))
    return ", ".join(str(part)[:_SHOWN] for part in parts if part)

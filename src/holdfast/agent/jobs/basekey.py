"""The key of a base's digests, which never leaves this node: one file a base, for root alone."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic, regular
from holdfast.agent.archive import compared
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.layout import Layout


def load(layout: Layout, base: Manifest) -> bytes | None:
    """Return the key of a base; None where this node has it no more, or never had it."""
    with contextlib.suppress(FileNotFoundError, Malformed):
        key = regular.read(_path(layout, base), "the key of " + base.backup)
        if len(key) == compared.KEY:
            return key
    return None


def keep(layout: Layout, base: Manifest, key: bytes) -> None:
    """Put down the key of a base that is about to be one."""
    os.makedirs(os.path.dirname(_path(layout, base)), mode=0o700, exist_ok=True)
    atomic.write(_path(layout, base), key, 0o600)


def forget_others(layout: Layout, base: Manifest) -> None:
    """Remove the definition's other keys: nothing is compared with an older base any more."""
    folder, own = os.path.split(_path(layout, base))
    for name in os.listdir(folder):
        if name != own and name[0] != ".":
            atomic.remove(os.path.join(folder, name))


def _path(layout: Layout, base: Manifest) -> str:
    return os.path.join(layout.var, "keys", base.definition, base.backup)

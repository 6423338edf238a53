"""Verifying many backups, one after the other; one that cannot be verified stops no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.members import text, whole
from holdfast.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored


@dataclass(frozen=True)
class Check:
    """What came of one verification: `fault` is of the backup, `error` of the attempt."""

    backup: Stored
    bytes: int = 0
    content: bool = False  # the content was proven, not only what is stored
    fault: str = ""
    doubted: bool = False  # the fault is that nobody vouches for its manifest as it is
    error: str = ""
    exit_code: int = 0


def verify_all(
    doing: Doing, backups: Iterable[Stored], accept: str | None = None
) -> Iterator[Check]:
    """Verify each backup on its node, a base once though many need it; yield what came of it."""
    chosen = list(backups)
    read = {(each.node, each.storage, each.name) for each in chosen}
    for backup in chosen:
        if backup.file is None:
            yield Check(backup, fault=backup.fault)
            continue
        try:
            base = (backup.node, backup.storage, f"{backup.source}/{backup.base}")
            yield _verify(doing, backup, accept, alone=base in read)
        except RemoteError as error:
            yield Check(backup, error=error.message, exit_code=error.exit_code)


def longest_unseen(backups: Iterable[Stored]) -> list[Stored]:
    """Return backups in the order in which they should be verified: never verified ones first."""
    return sorted(backups, key=lambda backup: (backup.verified or "", backup.name))


def _verify(doing: Doing, backup: Stored, accept: str | None, *, alone: bool) -> Check:
    result = doing.perform(Act.on("verify", backup, accept=accept, alone=alone))
    with fitting(backup.node):
        return Check(
            backup,
            whole(result, "bytes"),
            result["content"] is True,
            text(result, "fault"),
            result.get("doubted") is True,
        )

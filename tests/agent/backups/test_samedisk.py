"""Which disk a dataset holds, told from its GUID, its mark and its snapshots."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from agent.backups.test_bases import backup
from agent.backups.test_manifest import typed
from holdfast.agent.backups import belonging, samedisk
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup

DISK = Disk("web01", 2, "6f1c")


def of(number: int, guid: str | None, snapshot: str = "0", subject: Disk = DISK) -> Backup:
    moment = datetime(2026, 11, 21, 0, 0, number, tzinfo=UTC)
    return backup(number, guid=guid, snapshot=snapshot, subject=subject, created=moment)


def source(guid: str | None, disk: str = "", snapshots: tuple[str, ...] = ()) -> Any:
    there = tuple(SimpleNamespace(guid=each) for each in snapshots)
    return SimpleNamespace(guid=guid, disk=disk, snapshots=lambda: there)


@pytest.mark.parametrize(
    ("there", "known", "disk"),
    [
        (source("7"), [], "7"),
        (source("7", disk="1"), [], "1"),
        (source(None), [of(1, None)], None),  # an image
        (source("7"), [of(1, "7"), of(2, "8")], "7"),
        (source("7", disk="8"), [of(1, "7"), of(2, "8")], "7"),
        (source("9", disk="8", snapshots=("70",)), [of(1, "7", "70")], "8"),
        (source("9", snapshots=("5", "70")), [of(1, "7", "70")], "7"),
        (source("9", snapshots=("70", "80")), [of(2, "8", "80"), of(1, "7", "70")], "8"),
        (source("9", snapshots=("5",)), [of(1, "7", "70")], "9"),
        # Another machine's, and another disk's of this one, tell nothing.
        (source("9", snapshots=("70",)), [of(1, "7", "70", Disk("web01", 2, "other"))], "9"),
        (source("9", snapshots=("70",)), [of(1, "7", "70", Disk("web01", 1, "6f1c"))], "9"),
        (source("9", snapshots=("70",)), [of(1, "7", "70", Disk("was", 2, "6f1c"))], "7"),
    ],
)
def test_what_a_disk_is_called_by(there: Any, known: list[Backup], disk: str | None) -> None:
    assert samedisk.guid(there, samedisk.manifests(known, DISK)) == disk


def test_only_those_of_the_disk_that_is_backed_up_now_are_counted() -> None:
    of_two = [of(4, "7"), of(5, "8"), of(6, "8")]
    own = belonging.own(of_two, typed(definition="weekly"), ("prg",))
    assert own == tuple(of_two[1:])
    assert belonging.own(of_two[:1], typed(definition="weekly"), ("prg",)) == (of_two[0],)


@pytest.mark.parametrize(
    ("guid", "known", "is_said"),
    [
        ("8", [of(1, "7"), of(2, "8")], False),
        ("9", [of(1, "7"), of(2, "8")], True),
        ("7", [of(1, "7"), of(2, "8")], True),  # it was put back
        ("9", [], False),
        ("9", [of(1, None)], True),  # an image before
        (None, [of(1, "7")], True),
        (None, [of(1, None)], False),
    ],
)
def test_it_is_said_once_that_a_disk_is_another_one(
    guid: str | None, known: list[Backup], *, is_said: bool
) -> None:
    made = of(3, guid).manifest
    assert made is not None
    said = samedisk.said(made, samedisk.manifests(known, DISK))
    assert ("stay, and are not counted" in said) == is_said

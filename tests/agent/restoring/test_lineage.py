"""What came for a restore is what was backed up, by its GUIDs, or nothing takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.played import script as played
from holdfast.agent.failure import Failed
from holdfast.agent.restoring import lineage
from holdfast.agent.restoring.lineage import Line
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from agent.zfs.scripted import Script

script = played

NEW = "a/web01.holdfast-restore/new"
BASE, LATER, CHILD = "11", "12", "13"


def came(guid: str, path: str = "", name: str = "weekly-20261121_033000") -> Snapshot:
    return Snapshot(NEW + path, name, guid, int(guid), "", "", "")


def changes(script: Script) -> list[list[str]]:
    """Return the commands that changed something."""
    return [words for words, _ in script.called("set", "hold", "destroy")]


@pytest.fixture(autouse=True)
def willing(script: Script) -> None:
    """Have every snapshot be kept or destroyed as is asked for."""
    for word in ("set", "hold", "destroy"):
        script.answer(word)


@pytest.mark.parametrize("keeper", ["", "of b/h"])
@pytest.mark.parametrize(
    ("guids", "snapshots"),
    [
        ((BASE,), (came("99"),)),
        ((BASE, LATER), (came(BASE), came("99"))),
        ((BASE, LATER), (came("99"), came(LATER))),
        ((BASE, LATER), (came(LATER), came(BASE))),  # in another order
        ((BASE, LATER), (came(BASE),)),  # the increment did not come
        ((BASE,), (came(BASE), came(LATER))),  # one came along that was not backed up
        ((BASE,), ()),
        ((None, LATER), (came(BASE), came("99"))),
        ((BASE, CHILD), (came(BASE), came("99", "/data"))),
    ],
)
def test_what_has_other_guids_is_refused_and_nothing_is_touched(
    script: Script, keeper: str, guids: tuple[str | None, ...], snapshots: tuple[Snapshot, ...]
) -> None:
    with pytest.raises(Failed, match=r"^what came is not what was backed up: its snapshots have"):
        lineage.settle(Line(guids, "prg", keeper, ""), list(snapshots))
    assert changes(script) == []


def test_what_came_as_it_was_backed_up_is_the_next_base(script: Script) -> None:
    line = Line((BASE, LATER), "prg", "of b/h", "")
    lineage.settle(line, [came(BASE), came(LATER, name="later")])
    path = came(BASE).path
    assert changes(script) == [
        ["set", "holdfast:inventory=prg", path],
        ["set", "holdfast:keeper=of b/h", path],
        ["hold", "holdfast", path],
        ["destroy", f"{NEW}@later"],
    ]


def test_what_nobody_would_look_for_goes(script: Script) -> None:
    snapshots = [came(BASE), came(CHILD, "/data")]
    lineage.settle(Line((BASE, CHILD), "prg", "", ""), snapshots)
    assert changes(script) == [["destroy", each.path] for each in snapshots]


def test_what_a_file_tells_no_guid_of_is_taken(script: Script) -> None:
    lineage.settle(Line((None,), "prg", "", ""), [came(BASE)])
    assert changes(script) == [["destroy", came(BASE).path]]

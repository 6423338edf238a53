"""What came into a chain is what was sent, by its GUID, or the run fails: on a scripted `zfs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.played import GUID, NAME, listed
from agent.zfs.played import script as played
from holdfast.agent.failure import Failed
from holdfast.agent.stores.chain import Chain
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from agent.zfs.scripted import Script

script = played

TOP = "b/h/web01/disk2"
SENT = Snapshot("a/enc", NAME, GUID, 7, "", "", "")
BASE = Snapshot(TOP, "before", "1", 3, "", "", "")
OTHERS = "4711"


def comes(script: Script, dataset: str, guid: str) -> Chain:
    """Return a chain into a dataset of which a snapshot with that GUID comes, whatever is sent."""
    script.answer(f"receive -u {dataset}@{NAME}")
    told = "readonly\ton\ncanmount\tnoauto\n"
    script.answer(f"get -H -p -o property,value readonly,canmount {dataset}", told)
    script.answer("get -H -p -o property,value type", "type\tfilesystem\n")
    asked = "guid,createtxg,referenced,holdfast:inventory,holdfast:keeper,holdfast:manifest"
    begin = f"get -H -p -r -o name,property,value {asked} {dataset}@{NAME}"
    script.answer(begin, listed(f"{dataset}@{NAME}", guid))
    return Chain("b/h", "web01/disk2")


def test_an_increment_with_another_guid_is_no_backup(script: Script) -> None:
    chain = comes(script, TOP, OTHERS)
    with (
        pytest.raises(Failed, match=rf"^{TOP}@{NAME} was received, but is not what was sent$"),
        chain.receiving([b"stream"], SENT, BASE),
    ):
        pass
    assert script.called("destroy") == []  # what it is a person has to see


def test_an_increment_with_the_guid_that_was_sent_is_handed_over(script: Script) -> None:
    with comes(script, TOP, GUID).receiving([b"stream"], SENT, BASE) as arrival:
        pass
    assert (arrival.snapshot.dataset, arrival.snapshot.guid) == (TOP, GUID)
    assert script.called("receive") == [(["receive", "-u", f"{TOP}@{NAME}"], len("stream"))]


def test_a_full_stream_with_another_guid_is_no_backup(script: Script) -> None:
    chain = comes(script, f"{TOP}.incoming", OTHERS)
    with (
        pytest.raises(Failed, match="was received, but is not what was sent"),
        chain.receiving([b"stream"], SENT, None),
    ):
        pass
    assert script.called("rename", "destroy") == []


@pytest.mark.parametrize("guid", [GUID, OTHERS])
def test_a_child_is_proven_as_its_parent_is(script: Script, guid: str) -> None:
    chain = comes(script, f"{TOP}/data", guid)
    if guid == GUID:
        assert chain.receive_child([b"stream"], SENT, BASE, f"{TOP}/data").guid == GUID
        return
    with pytest.raises(Failed, match="was received, but is not what was sent"):
        chain.receive_child([b"stream"], SENT, BASE, f"{TOP}/data")

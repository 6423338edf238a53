"""A snapshot is held while it is sent already: but not after it could have arrived."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from agent.zfs.played import DISK, GUID, NAME, PLAIN, disk, listed
from agent.zfs.scripted import renamed
from agent.zfs.test_resumetoken import FULL
from holdfast.agent.failure import Failed, Terminated

if TYPE_CHECKING:
    from agent.zfs.scripted import Script
    from holdfast.agent.sources.seam import Origin


def test_a_stream_is_whole_only_when_its_snapshot_is_held(script: Script, origin: Origin) -> None:
    new = taking(script)
    script.answer(f"hold holdfast {new}", errors="cannot hold")
    script.answer(f"send -w {new}", "stream")
    snapshot = origin.take("new").snapshot
    came = []
    with (
        pytest.raises(Failed, match=f"zfs hold {new}: cannot hold"),
        origin.sending(snapshot, None, PLAIN) as flow,
    ):
        came += flow.blocks
    assert came == []  # the last block waits for it


def test_nothing_is_let_go_of_before_it_is_held(script: Script, origin: Origin) -> None:
    new = taking(script)
    script.answer(f"hold holdfast {new}", seconds=0.5)
    script.answer("release")
    script.answer("destroy")
    origin.take("new")
    disk(script, "aes-256-gcm", GUID, "new")
    origin.release_all_but()
    assert [words for words, _ in script.called("release", "hold")] == [
        ["hold", "holdfast", new],
        ["release", "holdfast", new],
    ]


@pytest.mark.parametrize("resumed", [False, True])
def test_a_run_that_is_ended_waits_for_no_hold(
    script: Script, origin: Origin, *, resumed: bool
) -> None:
    script.answer(f"send -t {renamed(FULL, NAME)}", "the rest")
    script.answer(f"hold holdfast {DISK}@{NAME}", seconds=60)
    new = taking(script)
    script.answer(f"hold holdfast {new}", seconds=60)
    script.answer(f"send -w {new}", "stream")
    if resumed:
        sending = origin.resuming(renamed(FULL, NAME), PLAIN)
    else:
        sending = origin.sending(origin.take("new").snapshot, None, PLAIN)
    begun = time.monotonic()
    with contextlib.suppress(Terminated), sending:
        raise Terminated
    assert time.monotonic() - begun < 30


def taking(script: Script) -> str:
    """Have a snapshot be taken; return its path."""
    path = f"{DISK}@new"
    script.answer("snapshot")
    script.answer("get -H -p -r -o", listed(path, "8"))
    return path

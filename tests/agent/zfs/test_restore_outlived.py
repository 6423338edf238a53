"""A receive that outlives the restore that started it is waited for by what comes next."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import rpc
from agent.desk import RUN
from agent.executing import execute
from agent.zfs.bench import below
from agent.zfs.station import files
from agent.zfs.test_restore_killed import OLD, prepared, reset
from holdfast.agent.restoring import staging

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("follow", ["restore", "run"])
def test_what_comes_next_waits_for_it(station: Station, follow: str, whole: bool) -> None:  # noqa: FBT001 - given by its name
    content, expected = prepared(station, "dataset")
    reset(station)
    sent = ["zfs", "send", f"{station.chain}@{station.names()[-1]}"]
    stream = subprocess.run(sent, capture_output=True, check=True).stdout
    staging.make(station.disk)  # as the restore did that was killed
    receive = ["zfs", "receive", "-u", staging.place(station.disk)]
    with (
        subprocess.Popen(receive, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as receiving,
        station.kind.idle(station.disk, station.files),
    ):
        assert receiving.stdin is not None
        receiving.stdin.write(stream[: len(stream) // 2])
        receiving.stdin.flush()
        with _following(station, follow, content) as process:
            time.sleep(2)
            assert process.poll() is None
            receiving.stdin.write(stream[len(stream) // 2 :] if whole else b"")
            receiving.stdin.close()
            process.communicate(timeout=120)
    assert process.returncode == 0
    assert files(station.files) == (expected if follow == "restore" else OLD)
    assert below(station.source) == [station.source, station.disk]


def _following(station: Station, follow: str, content: bytes) -> subprocess.Popen[bytes]:
    if follow == "run":
        return execute(station.desk, station.id, RUN)
    return rpc(station.desk, content)

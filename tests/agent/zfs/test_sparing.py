"""An increment starts few programs: where many backups lie each listing takes long."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.executing import execute

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

# Runs the agent and writes the command of each program that it starts to a file.
TELLING = """
import sys
told = open(sys.argv[1], "w")
def watch(event, arguments):
    if event == "subprocess.Popen":
        print(*arguments[1], file=told, flush=True)
sys.addaudithook(watch)
from holdfast.agent.main import main
sys.exit(main(sys.argv[2:]))
"""


def test_an_increment_lists_each_side_once_between_two_changes(
    station: Station, tmp_path: Path
) -> None:
    station.define(retention={"last": 1})
    station.good()
    (station.files / "file").write_bytes(os.urandom(10_000))
    with execute(station.desk, station.id, TELLING, str(tmp_path / "told")) as process:
        assert process.wait() == 0
    assert len(station.listed()) == 1  # one more came, the one before it went
    told = [line.split() for line in (tmp_path / "told").read_text().splitlines()]
    listings = [words[-1] for words in told if words[:2] == ["zfs", "get"] and "-r" in words]
    disk, server, newest = station.disk, station.chain.rpartition("/")[0], station.names()[-1]
    # All at first, then only what was taken and received; all again for what lets go of the old.
    made = [f"{disk}@{newest}", f"{station.chain}@{newest}"]
    assert listings == [server, disk, *made, disk, server]
    assert (
        len(told) <= 22
    )  # of an OpenZFS two more: what it could go on from, and how long it takes

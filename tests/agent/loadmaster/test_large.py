"""Files as large as they may be are never held in memory; no answer may take for ever."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from agent.loadmaster.connector import QUICK
from holdfast.agent.loadmaster.errors import TimedOut
from holdfast.lab.loadmaster.fault import Fault, Kind

if TYPE_CHECKING:
    from agent.loadmaster.connector import Connector
    from holdfast.lab.loadmaster.estate import Site

    Known = tuple[Connector, Site]

MEGABYTE = 1 << 20
PROGRAM = """
import json, resource, sys
from holdfast.agent.layout import Layout
from holdfast.agent.loadmaster.errors import Rejected, TooLarge
from holdfast.agent.loadmaster.session import session
with session(Layout("prg", sys.argv[1]), "lm-1") as device:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size, said = 0, []
    try:
        with device.download("backup") as blocks:
            for block in blocks:
                size += len(block)
    except TooLarge as error:
        said.append(str(error))
    piece = bytes(65536)
    try:
        device.upload("restore", {"type": "2"}, (piece for _ in range(1600)), 1600 << 16)
    except Rejected as error:
        said.append(error.words)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
json.dump({"size": size, "said": said, "grown": after - before}, sys.stdout)
"""


@pytest.mark.slow
def test_a_hundred_megabytes_pass_in_little_memory_and_no_more_is_taken(
    connector: Connector, site: Site
) -> None:
    connector.know(site)
    site.device.switches.padding = 101 * MEGABYTE
    command = [sys.executable, "-c", PROGRAM, str(connector.root)]
    result = subprocess.run(command, capture_output=True, timeout=300, check=True)
    told = json.loads(result.stdout)
    assert 99 * MEGABYTE < told["size"] <= 100 * MEGABYTE
    assert "its backup is larger than" in told["said"][0]
    assert told["grown"] < 8 * 1024, "KiB, beside the connection and the code to read with"


def test_a_device_that_says_a_word_now_and_then_has_its_time_too(either: Known) -> None:
    connector, site = either
    with connector.session("lm-1") as device:
        device.find_firmware()
    site.device.faults.add(Fault(Kind.STALL, "backup", seconds=60))
    started = time.monotonic()
    patience = QUICK._replace(file_total=0.6)
    with (
        connector.session("lm-1", patience) as device,
        pytest.raises(TimedOut) as caught,
        device.download("backup") as blocks,
    ):
        list(blocks)
    assert time.monotonic() - started < 30
    assert "not done within 0.6 s" in str(caught.value)

"""A run reads its source once and what it stored never, and its process stays small."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from agent.executing import execute
from holdfast.agent.age import x25519

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

MIB = 1 << 20
SIZE = 160 * MIB
# Executes a run and tells how much its process has read and how large it was.
TOLD = """
import json, sys
from holdfast.agent.main import main
code = main(sys.argv[1:])
read = open("/proc/self/io").read().split()[1]
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([code, int(read), int(status["VmHWM"].split()[0]) * 1024]))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a node with an image that is larger than a process may be."""
    desk = Desk(tmp_path).settle(content=b"\1")
    with (desk.root / "images/web01.raw").open("wb") as image:
        for number in range(SIZE // MIB):
            image.write(number.to_bytes(8, "big") * (MIB // 8))
    return desk


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "age"])
def test_one_pass_and_little_memory(desk: Desk, *, encrypted: bool) -> None:
    recipients = [str(x25519.recipient_of(x25519.generate()))] if encrypted else []
    desk.define(encrypt_to=recipients)
    with execute(desk, ID, TOLD, stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(timeout=300)
    code, read, peak = json.loads(out)
    assert code == 0
    (manifest,) = desk.manifests()
    assert manifest["content"]["size"] == SIZE
    assert SIZE < read < SIZE * 1.25
    assert peak < 128 * MIB

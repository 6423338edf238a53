"""Whatever goes through, the process stays small: measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1024 * 1024
PROGRAM = """
import json, os, sys
from holdfast.agent.age import file, header, x25519
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.recipe import Recipe

compression, path, total = sys.argv[1], sys.argv[2], int(sys.argv[3])
noise = os.urandom(1 << 19)
identity = x25519.generate()
recipe = Recipe(compression, (str(x25519.recipient_of(identity)),), None)

def content():  # half of it compresses, all blocks differ
    for number in range(total >> 20):
        yield noise + number.to_bytes(8, "big") * (1 << 16)

def blocks():
    with open(path, "rb") as stored:
        yield from iter(lambda: stored.read(1 << 20), b"")

with chain.outgoing(content(), recipe, Available()) as out, open(path, "wb") as stored:
    for block in out.blocks:
        stored.write(block)
key = file.unwrap(header.split(blocks())[0], [identity])
with chain.incoming(blocks(), recipe.packing, key, Available()) as back:
    for block in back.blocks:
        pass
assert back.content.facts() == out.content.facts(), "the content changed"
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([out.content.size, int(status["VmHWM"].split()[0]) // 1024]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("compression", "size"),
    [("off", 256), ("gzip", 256), ("zstd", 256), ("bzip2", 32), ("xz", 64)],
)
def test_a_whole_chain_and_its_reverse_stay_under_128_mib(
    tmp_path: Path, compression: str, size: int
) -> None:
    command = [sys.executable, "-c", PROGRAM, compression, f"{tmp_path}/stored", str(size * MIB)]
    result = subprocess.run(command, capture_output=True, check=True, text=True)
    passed, peak = json.loads(result.stdout)
    assert passed == size * MIB
    assert peak < 128, f"{peak} MiB"

"""Blocks of a stream lie where those before them lay, and the kernel clears no new pages."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import resource, sys
from holdfast.agent import heap
if sys.argv[1:]:
    heap.keep()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
ahead = [b"x" * (2 << 20) for _ in range(3)]
before = faults()
for number in range(100):
    ahead.append(b"y" * ((2 << 20) + number))
    del ahead[0]
print(faults() - before)
"""


def faults(*words: str) -> int:
    command = [sys.executable, "-c", PROGRAM, *words]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def test_a_block_takes_the_place_of_one_before_it() -> None:
    assert faults("kept") < faults() / 3

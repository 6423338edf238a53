"""Fuzzes what a device may answer with, guided by what of our code it reaches.

`just fuzz` runs it; what it finds is kept as `crash-*` in the corpus' folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))
with atheris.instrument_imports(include=["holdfast.agent.loadmaster", "xml", "json"]):
    from agent.loadmaster import hostile
    from holdfast.agent.loadmaster.unwrap import Unwrapping

CORPUS = Path(__file__).parents[2] / ".holdfast" / "fuzz-loadmaster"


def answer(raw: bytes) -> None:
    """Check bytes as a whole reply, as the body of a good one, and in blocks."""
    hostile.check(raw)
    hostile.check(hostile.response(raw, kind="application/json"))
    hostile.check(hostile.response(raw, kind="text/xml"))
    try:
        for _ in Unwrapping(raw[at : at + 7] for at in range(0, len(raw), 7)).file():
            pass
    except ValueError:
        return


def main() -> None:
    """Fuzz with the seeds, for as long as libFuzzer's own flags say."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(hostile.SEEDS):
        (CORPUS / f"seed-{number}").write_bytes(seed)
        (CORPUS / f"body-{number}").write_bytes(seed.partition(b"\r\n\r\n")[2])
    flags = [f"-artifact_prefix={CORPUS}/", "-timeout=10", *sys.argv[1:]]
    atheris.Setup([sys.argv[0], *flags, str(CORPUS)], answer)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

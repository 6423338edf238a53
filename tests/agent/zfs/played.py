"""An encrypted disk with one snapshot of ours, played by a scripted `zfs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import typed
from agent.zfs.scripted import Script, ask_anew, on_path
from holdfast.agent.layout import Layout
from holdfast.agent.sources import sending
from holdfast.agent.transforms.recipe import Recipe

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.agent.sources.seam import Origin

DISK, KEEPER = "a/enc", "of b/h"
GUID = "13097110636467813573"  # of the snapshot that FULL is a token of
NAME = "weekly-20261121_033000"
PLAIN = Recipe("off", (), None)
WANTED = typed(
    source={"kind": "dataset", "place": DISK, "node": "bkp01"}, type="dataset", place="b/h"
)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Return the script of a `zfs` that knows an encrypted disk with one snapshot of ours."""
    monkeypatch.setenv("PATH", on_path(tmp_path))
    ask_anew()
    script = Script(tmp_path)
    disk(script, "aes-256-gcm", GUID)
    script.answer(f"hold holdfast {DISK}@{NAME}")
    script.answer("get -H -p -o property,value receive_resume_token", "receive_resume_token\t-\n")
    yield script
    ask_anew()


def disk(script: Script, encryption: str, guid: str, name: str = NAME) -> None:
    """Have the disk be encrypted so, with one snapshot."""
    both = f"{DISK}.holdfast-restore {DISK}"
    told = f"{DISK}\tguid\t1\n{DISK}\ttype\tfilesystem\n"
    script.answer(f"get -H -p -o name,property,value guid,type {both}", told)
    told += f"{DISK}\tencryption\t{encryption}\n"
    script.answer(f"get -H -p -o name,property,value guid,type,encryption {both}", told)
    asked = "guid,createtxg,referenced,holdfast:inventory,holdfast:keeper,holdfast:manifest"
    told = listed(f"{DISK}@{name}", guid)
    script.answer(f"get -H -p -r -d 1 -o name,property,value {asked} {DISK}", told)


def listed(path: str, guid: str) -> str:
    """Return what is told of a snapshot of ours."""
    values = {
        "guid": guid,
        "createtxg": "7",
        "referenced": "100",
        "holdfast:inventory": "prg",
        "holdfast:keeper": KEEPER,
        "holdfast:manifest": "-",
    }
    return "".join(f"{path}\t{name}\t{value}\n" for name, value in values.items())


def opened(folder: Path) -> contextlib.AbstractContextManager[Origin]:
    """Give the disk as it is now."""
    return sending.origin(Layout("prg", str(folder)), WANTED, ("prg",), (KEEPER,))


@pytest.fixture
def origin(script: Script, tmp_path: Path) -> Iterator[Origin]:
    del script
    with opened(tmp_path) as origin:
        yield origin

"""What a killed restore left, on a scripted `zfs`: nothing goes while anything goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.scripted import Script, on_path
from holdfast.agent.failure import Failed
from holdfast.agent.restoring import staging

if TYPE_CHECKING:
    from pathlib import Path

DISK = "a/disk"
ABSENT = f"cannot open '{DISK}': dataset does not exist"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return a `zfs` where a switch was killed between its renames, and no rename is possible."""
    monkeypatch.setenv("PATH", on_path(tmp_path))
    script = Script(tmp_path)
    mark = f"get -H -p -o property,value holdfast:restore {staging.root(DISK)}"
    script.answer(mark, f"holdfast:restore\t{DISK}\n")
    asked = "get -H -p -o property,value type"
    for there in (staging.root(DISK), staging.aside(DISK), staging.place(DISK)):
        script.answer(f"{asked} {there}", "type\tfilesystem\n")
    script.answer(f"{asked} {DISK}", errors=ABSENT)
    script.answer("rename", errors="cannot rename: there is no space for it")
    return script


def test_old_data_that_cannot_be_put_back_leaves_all_as_it_is(script: Script) -> None:
    with pytest.raises(Failed, match="there is no space for it"):
        staging.settle(DISK)
    assert script.called("destroy") == []


def test_a_switch_tells_why_it_failed_and_why_it_could_not_be_undone(script: Script) -> None:
    asked = f"get -H -p -o property,value type,mountpoint,canmount {staging.place(DISK)}"
    script.answer(asked, "type\tvolume\nmountpoint\t-\ncanmount\t-\n")
    script.answer(f"rename {staging.place(DISK)}", errors="cannot rename: it is busy enough")
    with pytest.raises(staging.Unfinished, match=r"busy enough; .*no space for it"):
        staging.switch(DISK, staging.REPLACE)
    assert script.called("destroy") == []

"""Manifests: read back as written, and anything else refused."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, definition
from holdfast.agent import definition as definitions
from holdfast.agent.backups import manifest
from holdfast.agent.backups.manifest import Manifest
from holdfast.agent.backups.moment import refuse_clock
from holdfast.agent.backups.total import Sum
from holdfast.agent.definition import Definition, Source
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from pathlib import Path

BACKUP = "weekly-20261121_033000"


def made(**changes: object) -> Manifest:
    fixed = Manifest(
        backup=BACKUP,
        inventory="prg",
        definition=ID,
        subject=Disk("web01", 2, "6f1c"),
        source=Source("image", "/images/web01.raw", "bkp01"),
        guid=None,
        sequence=17,
        kind="full",
        base=None,
        file=BACKUP + ".img",
        created=datetime(2026, 11, 21, 3, 30, tzinfo=UTC),
        duration=12.5,
        consistency="reflink",
        content=Sum("aa", 4),
        stored=Sum("bb", 4),
        run="20261121T033001.123456Z",
        agent="source",
    )
    return fixed._replace(**changes)


def typed(**changes: object) -> Definition:
    document = definition(**changes)
    identity = "{definition}@{server}:{disk}".format(**document)
    return definitions.from_fields(identity, Fields(document, identity))


def test_a_manifest_reads_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / f"{BACKUP}.json"
    path.write_text(made().to_text())
    assert manifest.load(str(path), BACKUP) == made()
    assert json.loads(path.read_text())["format"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "`format` must be 1"),
        ({"format": None}, "`format` must be a whole number"),
        ({"file": "../../etc/passwd"}, "`file` must be a name"),
        ({"file": BACKUP + "./x"}, "`file` must be a name"),
        ({"backup": "weekly-20261121_033001", "file": "weekly-20261121_033001.img"}, "`backup`"),
        ({"sequence": True}, "`sequence` must be a whole number"),
        ({"sequence": 0}, "`sequence` must be a whole number from 1"),
        ({"created": "yesterday"}, "`created` must be an instant"),
        ({"created": "2026-11-21 03:30:00Z"}, "`created` must be an instant"),
        ({"created": "0001-01-01T00:00:00Z"}, "`created` must be an instant from 1990 to 2200"),
        ({"created": "1989-12-31T23:59:59Z"}, "`created` must be an instant from 1990"),
        ({"created": "2201-01-01T00:00:00Z"}, "`created` must be an instant from 1990"),
        ({"created": "9999-12-31T23:59:59Z"}, "`created` must be an instant from 1990"),
        ({"kind": "some"}, "`kind` must be one of"),
        ({"content": []}, "is not a JSON object"),
        ({"source": {"kind": "image", "node": "n", "place": "rel", "guid": None}}, "`place`"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / f"{BACKUP}.json"
    path.write_text(json.dumps({**json.loads(made().to_text()), **change}))
    with pytest.raises(Malformed, match=said):
        manifest.load(str(path), BACKUP)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"{BACKUP}.json"
    path.write_bytes(content)
    with pytest.raises(Malformed, match="manifest of weekly-20261121_033000 is not"):
        manifest.load(str(path), BACKUP)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"inventory": "former"}, True),
        ({"definition": "old@web01:2"}, True),
        ({"inventory": "stranger"}, False),
        ({"definition": "daily@web01:2"}, False),
        ({"subject": Disk("web01", 2, "another machine")}, False),
        ({"subject": Disk("web01", 2, None)}, False),
        ({"subject": Disk("web01", 1, "6f1c")}, False),
        ({"subject": Disk("old", 2, "6f1c")}, True),
    ],
)
def test_a_backup_is_counted_only_where_owner_promise_machine_and_disk_fit(
    changes: dict[str, object], *, fits: bool
) -> None:
    promise = typed(was=["old@web01:2"])
    assert made(**changes).fits(promise, ("prg", "former")) is fits


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("daily-20261121_020000", True),
        ("daily-x-20261121_020000", False),
        ("daily-20261121_02000", False),
        ("daily-20261121_0200000", False),
        ("daily-2026112\u0661_020000", False),
        ("nightly-20261121_020000", False),
        ("daily", False),
    ],
)
def test_backups_are_named_after_their_definition(name: str, *, fits: bool) -> None:
    assert manifest.is_backup(name, "daily") is fits


def test_a_clock_that_was_never_set_makes_no_backup() -> None:
    refuse_clock(datetime(2026, 11, 22, tzinfo=UTC))
    with pytest.raises(Failed, match="this node's clock says 1970-01-01T00:00:09Z: set it"):
        refuse_clock(datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC))


@pytest.mark.parametrize("target", ["pipe", "link"])
def test_what_is_no_file_is_no_manifest(tmp_path: Path, target: str) -> None:
    path = tmp_path / f"{BACKUP}.json"
    if target == "pipe":
        os.mkfifo(path)
    else:
        (tmp_path / "real").write_text(made().to_text())
        path.symlink_to("real")
    with pytest.raises(Malformed, match=f"manifest of {BACKUP} is no regular file"):
        manifest.load(str(path), BACKUP)

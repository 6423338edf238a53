"""Manifests of LoadMasters: their own record, several files, and the machine by its serial."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agent.backups.appliances import BACKUP, ID, appliance, document, made, typed
from agent.backups.test_manifest import made as of_disk
from agent.backups.test_manifest import typed as disk_definition
from holdfast.agent import definition as definitions
from holdfast.agent.backups import belonging, listing, manifest
from holdfast.agent.backups.appliance import Archive
from holdfast.agent.backups.listing import Backup
from holdfast.agent.backups.total import Sum
from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.stores import partial

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("changed", [None, True, False])
def test_it_reads_back_as_written(tmp_path: Path, *, changed: bool | None) -> None:
    path = tmp_path / f"{BACKUP}.json"
    archive = Archive(56, Sum("cc", 3), ("info/date",), changed, "")
    written = made(subject=appliance(archive=archive), signature="none")
    path.write_text(written.to_text())
    assert manifest.load(str(path), BACKUP) == written
    path.write_text(made().to_text())
    told = json.loads(path.read_text())
    assert "server" not in told
    assert told["loadmaster"]["serial"] == "1270001"
    assert list(made().files) == [BACKUP + ".lm.age", BACKUP + ".parameters.age"]


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("serial", None, "`serial` must be a text"),
        ("parts", {"keys": {}}, "`keys` must be absent"),
        ("parts", {"parameters": {"file": "../x", "content": {}, "stored": {}}}, "is missing"),
        ("archive", {}, "`members` is missing"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, member: str, value: Any, said: str) -> None:
    told = json.loads(made().to_text())
    told["loadmaster"][member] = value
    path = tmp_path / f"{BACKUP}.json"
    path.write_text(json.dumps(told))
    with pytest.raises(Malformed, match=said):
        manifest.load(str(path), BACKUP)


def test_a_part_has_no_name_that_leads_elsewhere(tmp_path: Path) -> None:
    told = json.loads(made().to_text())
    told["loadmaster"]["parts"]["parameters"]["file"] = BACKUP + "./../x"
    path = tmp_path / f"{BACKUP}.json"
    path.write_text(json.dumps(told))
    with pytest.raises(Malformed, match="`file` must be a name"):
        manifest.load(str(path), BACKUP)


def test_a_definition_has_the_folder_of_its_loadmaster() -> None:
    known = typed(was=["nightly@lm-old"])
    assert (known.name, known.folder, known.former_folders) == ("nightly", "lm-prg-1", ("lm-old",))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"loadmaster": "../x"}, "`definition` must be of"),
        ({"source": {"kind": "loadmaster", "place": "../x", "node": "n"}}, "the name of a LoadM"),
    ],
)
def test_a_definition_of_nonsense_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(Malformed, match=said):
        definitions.from_fields(ID, Fields(document(**changes), ID))


def test_a_loadmaster_s_backup_is_no_disk_s_and_the_other_way_round() -> None:
    assert made().fits(typed(), ("prg",))
    assert not made().fits(typed(), ("other",))
    assert not made(definition="weekly@web01:2").fits(disk_definition(), ("prg",))
    assert not of_disk(definition=ID).fits(typed(), ("prg",))


def test_a_replaced_appliance_keeps_what_the_earlier_one_left() -> None:
    """Nothing of the machine before is counted, hence nothing of it is ever removed."""
    serials = ["old", "old", "old", "new", "new"]
    held = [
        Backup(str(number), made(sequence=number, subject=appliance(serial=serial)), listing.OK)
        for number, serial in enumerate(serials, 1)
    ]
    assert [b.name for b in belonging.own(reversed(held), typed(), ("prg",))] == ["5", "4"]
    assert [b.name for b in belonging.own(held[:3], typed(), ("prg",))] == ["1", "2", "3"]


def test_all_its_files_must_be_there_and_all_go_with_it(tmp_path: Path) -> None:
    told = made()
    folder = tmp_path / "lm-prg-1"
    folder.mkdir()
    (folder / f"{BACKUP}.json").write_text(told.to_text())
    for name, stored in told.files.items():
        (folder / name).write_bytes(b"x" * stored.size)
    (found,) = listing.backups(str(tmp_path))
    assert (found.name, found.status) == (f"lm-prg-1/{BACKUP}", listing.OK)
    (folder / f"{BACKUP}.parameters.age").write_bytes(b"short")
    (found,) = listing.backups(str(tmp_path))
    assert found.fault == f"{BACKUP}.parameters.age has 5 of 6 bytes"
    partial.remove_backup(str(folder), told, "prg")
    assert list(folder.iterdir()) == []

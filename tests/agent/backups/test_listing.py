"""What a storage holds: told from the storage alone, and nothing skipped in silence."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import BACKUP, made
from holdfast.agent.backups import listing
from holdfast.agent.backups.total import Sum

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def store(place: Path, backup: str = BACKUP, size: int = 4) -> Path:
    folder = place / "web01/disk2"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = made(backup=backup, file=backup + ".img", stored=Sum("bb", size))
    (folder / f"{backup}.json").write_text(manifest.to_text())
    (folder / f"{backup}.img").write_bytes(b"x" * size)
    return folder


def test_backups_are_listed_with_their_full_names(tmp_path: Path) -> None:
    store(tmp_path)
    (found,) = listing.backups(str(tmp_path))
    assert (found.name, found.status, found.fault) == (f"web01:2/{BACKUP}", "ok", "")


def test_an_artefact_that_is_missing_or_cut_is_lost_and_comes_back(tmp_path: Path) -> None:
    artefact = store(tmp_path) / f"{BACKUP}.img"
    artefact.write_bytes(b"xx")
    (cut,) = listing.backups(str(tmp_path))
    assert (cut.status, cut.fault) == ("lost", f"{BACKUP}.img has 2 of 4 bytes")
    artefact.unlink()
    (missing,) = listing.backups(str(tmp_path))
    assert (missing.status, missing.fault) == ("lost", f"{BACKUP}.img is missing")
    artefact.write_bytes(b"xxxx")
    (back,) = listing.backups(str(tmp_path))
    assert back.status == "ok"


def test_a_broken_manifest_is_told_of(tmp_path: Path) -> None:
    folder = store(tmp_path)
    (folder / "weekly-20261122_000000.json").write_text("{")
    broken = listing.backups(str(tmp_path))[1]
    assert broken.manifest is None
    assert (broken.name, broken.status) == ("web01:2/weekly-20261122_000000", "lost")
    assert "is not JSON" in broken.fault


@pytest.mark.parametrize("folder", ["web02/disk2", "web01/disk1", "web01"])
def test_what_was_copied_to_another_folder_is_no_backup_of_it(tmp_path: Path, folder: str) -> None:
    copied = store(tmp_path)
    shutil.copytree(copied, tmp_path / folder, dirs_exist_ok=True)
    told = {each.name: (each.status, each.fault) for each in listing.backups(str(tmp_path))}
    fault = "its manifest is that of a backup of web01:2"
    here = folder.replace("/disk", ":")
    assert told == {f"web01:2/{BACKUP}": ("ok", ""), f"{here}/{BACKUP}": ("lost", fault)}


def test_nothing_without_a_manifest_is_listed(tmp_path: Path) -> None:
    folder = store(tmp_path)
    (folder / "weekly-20261122_000000.img").write_bytes(b"x")
    (folder / f".{BACKUP}.json.prg.partial").write_text("{}")
    (tmp_path / ".holdfast").mkdir()
    (tmp_path / "lost+found").mkdir()
    assert len(listing.backups(str(tmp_path))) == 1


def test_a_place_that_cannot_be_read_is_an_error_and_not_empty(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        listing.backups(str(tmp_path / "away"))
    os.symlink(tmp_path, tmp_path / "loop")
    assert listing.backups(str(tmp_path)) == []


def test_a_name_that_is_no_text_is_told_escaped_and_hides_nothing(tmp_path: Path) -> None:
    folder = store(tmp_path)
    odd = os.fsencode(tmp_path) + b"/web\xff/disk1"
    os.makedirs(odd)
    for path in (os.fsencode(folder) + b"/\xff.json", odd + b"/x.json"):
        with open(path, "wb") as file:
            file.write(b"{}")
    found = {each.name: each for each in listing.backups(str(tmp_path))}
    assert found[f"web01:2/{BACKUP}"].status == "ok"
    assert found["web01:2/\\xff"].fault == "its name is no text: none of ours"
    assert "`format` is missing" in found["web\\xff:1/x"].fault
    assert all(each.status == "lost" for name, each in found.items() if "xff" in name)
    assert "".join(name + each.fault for name, each in found.items()).isascii()


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_an_artefact_that_is_no_file_is_lost(tmp_path: Path, kind: str) -> None:
    artefact = store(tmp_path, size=4) / f"{BACKUP}.img"
    artefact.unlink()
    if kind == "pipe":
        os.mkfifo(artefact)
    else:
        artefact.symlink_to("/usr")  # as long as the artefact was
    (found,) = listing.backups(str(tmp_path))
    assert (found.status, found.fault) == ("lost", f"{BACKUP}.img is no regular file")


def _state(until: str | None, note: str = "") -> str:
    lock = {"reason": "audit", "until": until, "owner": "ci@runner"}
    said = {"note": note.removeprefix("note: ")} if note else {}
    return json.dumps({"locks": {"hand": lock}, **said})


@pytest.mark.parametrize(
    ("state", "holds", "note"),
    [
        (_state(None, "note: mine"), True, "mine"),
        (_state("2026-11-23T00:00:00Z"), True, ""),
        (_state("2026-11-21T00:00:00Z"), False, ""),
        ('{"note": "n"}', False, "n"),
        (_state("soon"), True, ""),
        ('{"lock": null}', True, ""),
        ('{"locks": {"moon": {"reason": "", "until": null, "owner": ""}}}', True, ""),
        ("{", True, ""),
    ],
)
def test_a_state_that_cannot_be_read_counts_as_a_lock(
    tmp_path: Path, state: str, *, holds: bool, note: str
) -> None:
    (store(tmp_path) / f"{BACKUP}.state.json").write_text(state)
    (found,) = listing.backups(str(tmp_path))
    assert (found.lock is not None and found.lock.holds(NOW)) is holds
    assert found.state.note == note
    assert found.status == "ok"


def test_parameters_that_lie_in_clear_beside_a_backup_are_none(tmp_path: Path) -> None:
    (store(tmp_path) / f"{BACKUP}.parameters.json").write_text("{}")
    (found,) = listing.backups(str(tmp_path))
    assert found.name == f"web01:2/{BACKUP}"

"""A run from its source to the rotation, as the agent really does it."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from agent.test_manifest import made
from holdfast.agent import listing, runs
from holdfast.agent.manifest import Sum

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.runs import Run


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def run(desk: Desk) -> Run:
    """Make one backup and return its run."""
    desk.run("run", "prg", ID)
    return runs.read(desk.layout, ID)[-1]


def seed(desk: Desk, count: int) -> list[str]:
    """Put so many earlier backups there; return their names, oldest first."""
    names = [f"weekly-20261101_{number:06d}" for number in range(1, count + 1)]
    for number, name in enumerate(names, 1):
        manifest = made(backup=name, file=name + ".img", sequence=number, stored=Sum("bb", 4))
        desk.put(f"mnt/nas/web01/disk2/{name}.img", b"data")
        desk.put(f"mnt/nas/web01/disk2/{name}.json", manifest.to_text())
    return names


def test_a_backup_is_proven_by_its_manifest(desk: Desk) -> None:
    desk.put("images/web01.raw", os.urandom(3_000_000))
    ended = run(desk)
    (manifest,) = desk.manifests()
    digest = hashlib.sha256((desk.root / "images/web01.raw").read_bytes()).hexdigest()
    assert manifest["content"] == manifest["stored"] == {"sha256": digest, "size": 3_000_000}
    stored = (desk.disk / str(manifest["file"])).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == digest
    assert (ended.status, ended.reason, ended.bytes) == ("success", "", 3_000_000)
    assert manifest["backup"] == ended.backup
    assert manifest["run"] == ended.run
    assert manifest["consistency"] == "unchanged"


def test_what_is_stored_has_a_digest_of_its_own(desk: Desk) -> None:
    desk.define(compression="gzip")
    run(desk)
    (manifest,) = desk.manifests()
    assert str(manifest["file"]).endswith(".img.gz")
    stored = (desk.disk / str(manifest["file"])).read_bytes()
    content = gzip.decompress(stored)
    assert content == b"data" * 1000
    assert manifest["stored"] == {"sha256": hashlib.sha256(stored).hexdigest(), "size": len(stored)}
    assert manifest["content"] == {"sha256": hashlib.sha256(content).hexdigest(), "size": 4000}


def test_an_encrypted_backup_opens_with_age_and_only_so(desk: Desk, tmp_path: Path) -> None:
    identity = tmp_path / "identity"
    made = subprocess.run(["age-keygen", "-o", str(identity)], capture_output=True, check=True)
    recipient = made.stderr.decode().split()[-1]
    desk.define(encrypt_to=[recipient])
    assert run(desk).reason == ""
    (manifest,) = desk.manifests()
    stored = desk.disk / str(manifest["file"])
    assert stored.name.endswith(".img.age")
    assert b"data" not in stored.read_bytes()
    opened = subprocess.run(
        ["age", "-d", "-i", str(identity), str(stored)], capture_output=True, check=True
    )
    assert opened.stdout == b"data" * 1000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"compression": "lzo"}, "cannot do: compression lzo"),
        ({"encrypt_to": ["age1nonsense"]}, "age1nonsense"),
        ({"base_every": 7}, "cannot do: incrementals (base_every 7)"),
        ({"type": "dataset"}, "cannot do: type dataset"),
        ({"freeze": "required"}, "cannot do: freeze: required"),
        (
            {"source": {"kind": "zfs", "place": "/zones/x", "node": "bkp01"}},
            "cannot back up a source of kind zfs",
        ),
    ],
)
def test_what_the_agent_cannot_do_fails_and_is_never_done_by_halves(
    desk: Desk, change: dict[str, object], said: str
) -> None:
    desk.define(**change)
    ended = run(desk)
    assert ended.status == "failed"
    assert said in ended.reason
    assert desk.names() == []


def test_a_written_image_fails_unless_no_consistency_is_asked_for(desk: Desk) -> None:
    with (desk.root / "images/web01.raw").open("r+b"):
        refused = run(desk)
        desk.define(consistency="none")
        taken = run(desk)
    assert refused.status == "failed"
    assert "is open for writing by" in refused.reason
    assert taken.status == "warning"
    assert "is open for writing by" in taken.reason
    (manifest,) = desk.manifests()
    assert manifest["consistency"] == "none"


def test_old_backups_go_one_for_one_and_what_waits_is_told(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    old = seed(desk, 4)
    ended = run(desk)
    assert ended.status == "success"
    waiting = [f"web01:2/{backup}" for backup in old[1:]]
    assert ended.reason == "3 old backups wait for approval: " + ", ".join(waiting)
    assert [m["sequence"] for m in desk.manifests()] == [2, 3, 4, 5]
    desk.put_json(f"definitions/{ID}.approved.json", {"names": waiting[1:]})
    assert run(desk).reason == "1 old backups wait for approval: " + f"web01:2/{ended.backup}"
    assert [m["sequence"] for m in desk.manifests()] == [5, 6]
    assert len(desk.names()) == 4


def test_a_rotation_that_cannot_be_decided_is_a_warning_and_removes_nothing(desk: Desk) -> None:
    seed(desk, 3)
    desk.put_json(f"definitions/{ID}.approved.json", "all")
    ended = run(desk)
    assert ended.status == "warning"
    assert "rotation: " in ended.reason
    assert [m["sequence"] for m in desk.manifests()] == [1, 2, 3, 4]


def test_numbers_are_never_used_twice_and_outlive_every_record(desk: Desk) -> None:
    seed(desk, 1)
    run(desk)
    for path in desk.disk.glob("*"):
        path.unlink()
    run(desk)
    assert [m["sequence"] for m in desk.manifests()] == [3]
    (desk.root / f"var/lib/holdfast/prg/sequences/{ID}.json").unlink()
    run(desk)
    assert [m["sequence"] for m in desk.manifests()] == [3, 4]


def test_a_new_machine_under_an_old_name_leaves_the_first_ones_backups_alone(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    run(desk)
    desk.define(retention={"last": 1}, uuid="another machine")
    run(desk)
    assert [m["uuid"] for m in desk.manifests()] == ["6f1c", "another machine"]
    assert [m["sequence"] for m in desk.manifests()] == [1, 2]


def test_a_renamed_definition_keeps_and_rotates_its_backups(desk: Desk) -> None:
    run(desk)
    (desk.root / f"etc/holdfast/prg/definitions/{ID}.json").unlink()
    renamed = desk.define(definition="sunday", was=[ID], retention={"last": 1})
    assert desk.run("run", "prg", renamed).returncode == 0
    assert [m["definition"] for m in desk.manifests()] == [renamed]


def test_a_storage_that_is_not_mounted_gets_nothing_and_is_not_made_again(desk: Desk) -> None:
    (desk.nas / ".holdfast-storage.json").unlink()
    ended = run(desk)
    assert ended.status == "failed"
    assert ended.reason == (
        f"storage nas: its marker is missing at {desk.nas}: not mounted? nothing was written"
    )
    assert os.listdir(desk.nas) == []
    desk.nas.rmdir()
    assert "its marker is missing" in run(desk).reason
    assert not desk.nas.exists()


def test_a_lost_backup_is_neither_counted_nor_removed(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    run(desk)
    (lost,) = desk.disk.glob("*.img")
    lost.unlink()
    run(desk)
    assert [b.status for b in listing.backups(str(desk.nas))] == ["lost", "ok"]


def test_leftovers_of_a_killed_run_go_with_the_next(desk: Desk) -> None:
    leftover = "mnt/nas/web01/disk2/.weekly-20261121_033000.img.prg.partial"
    desk.put(leftover, b"half")
    run(desk)
    assert len(desk.names()) == 2

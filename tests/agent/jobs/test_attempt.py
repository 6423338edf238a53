"""A run from its source to the rotation, as the agent really does it."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent import canonical
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def run(desk: Desk) -> Run:
    """Make one backup and return its run."""
    desk.run("run", "prg", ID)
    return runs.read(desk.layout, ID)[-1]


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


def test_an_image_in_place_of_a_dataset_is_another_disk(desk: Desk) -> None:
    run(desk)
    (first,) = desk.manifests()
    source = {**first["source"], "kind": "dataset", "place": "zones/web01", "guid": "7"}
    text = canonical.dumps({**first, "source": source}) + "\n"
    (desk.disk / f"{first['backup']}.json").write_text(text, encoding="utf-8")
    assert "are not counted with this one's" in run(desk).reason
    assert run(desk).reason == ""


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
        ({"base_every": 7}, "cannot do: incrementals (base_every) of an image"),
        ({"type": "tape"}, "cannot do: type tape"),
        ({"freeze": "required"}, "not frozen: its server has no guest agent in the inventory"),
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


def test_leftovers_of_a_killed_run_go_with_the_next(desk: Desk) -> None:
    leftover = "mnt/nas/web01/disk2/.weekly-20261121_033000.img.prg.partial"
    desk.put(leftover, b"half")
    run(desk)
    assert len(desk.names()) == 2

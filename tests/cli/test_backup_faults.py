"""What goes wrong with single backups: one message that says what to do, and nothing half done."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.shelf import IMAGE, TARGET, identity, made, sealed

if TYPE_CHECKING:
    from cli.desk import Desk

OVER = ("--to", TARGET, "--yes-destroy", TARGET)


def refused(desk: Desk, code: int, *words: str) -> str:
    """Run what must be refused and change nothing; return the one thing that is said."""
    before = desk.tree()
    ran = desk.run(*words)
    assert (ran.code, ran.out) == (code, ""), ran
    said = ran.err.strip().splitlines()
    assert len(said) == 1, ran.err
    after = desk.tree()
    assert {path for path in before if before[path] != after.get(path)} <= passing(desk)
    assert {path for path in after if path not in before} <= passing(desk)
    return said[0]


def passing(desk: Desk) -> set[str]:
    """Return the places where locks come and go."""
    return {str(path) for node in ("n1", "n2") for path in desk.node(f"{node}/run").rglob("*")} | {
        str(desk.node(f"{node}/{folder}"))
        for node in ("n1", "n2")
        for folder in ("", "run", "run/holdfast")
    }


def test_a_backup_that_is_not_there_or_another_servers(settled: Desk) -> None:
    made(settled)
    other = "db01:1/daily-20261101_020000"
    for act in (["verify"], ["show"], ["restore"], ["download"], ["lock"], ["note"], ["delete"]):
        more = {"restore": OVER, "lock": ("--reason", "x"), "note": ("x",)}.get(act[0], ())
        said = refused(settled, 1, "backup", *act, other, *more)
        assert f"there is no backup {other}: see `backup list`" in said
    for bad in ("nonsense", "../../etc/passwd", "web01:1/daily"):
        said = refused(settled, 1, "backup", "verify", bad)
        assert "there is no backup" in said


def test_an_identity_that_is_none_or_another(settled: Desk) -> None:
    _, recipient = identity(settled)
    sealed(settled, recipient)
    name = made(settled)
    stranger = settled.node("stranger.txt")
    subprocess.run(["age-keygen", "-o", str(stranger)], check=True, capture_output=True)
    settled.node("none.txt").write_text("hello\n")
    words = ("backup", "restore", name, *OVER)
    assert "give --identity FILE" in refused(settled, 12, *words)
    said = refused(settled, 12, *words, "--identity", str(stranger))
    assert f"{stranger}: does not open {name}" in said
    ssh = settled.node("ssh")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(ssh)], check=True)
    settled.node("noise").write_bytes(bytes(range(256)))
    for file in ("none.txt", "ssh", "noise"):
        said = refused(settled, 12, *words, "--identity", str(settled.node(file)))
        assert f"{file}: " in said
        assert "wanted is the age identity, AGE-SECRET-KEY-1…, of a recipient" in said
        assert "`holdfast keys generate`" in said
    said = refused(settled, 12, "backup", "download", name, "--identity", str(stranger))
    assert f"{stranger}: does not open {name}" in said


def test_a_recipient_that_is_none_is_a_place_in_the_inventory(settled: Desk) -> None:
    settled.inventory["definitions"][0]["encrypt_to"] = ["age1nonsense"]
    settled.write()
    ran = settled.run("plan")
    assert (ran.code, "inventory.yaml:" in ran.err, "age1nonsense" in ran.err) == (1, True, True)


@pytest.mark.parametrize("what", ["a directory", "missing"])
def test_a_source_that_is_no_image(settled: Desk, what: str) -> None:
    image = settled.node(IMAGE)
    image.unlink()
    if what == "a directory":
        image.mkdir()
    ran = settled.run("backup", "now", "daily@web01:1")
    said = (
        "is a directory: only image files"
        if what == "a directory"
        else "or correct the disk in the inventory"
    )
    assert (ran.code, said in ran.err) == (1, True), ran
    assert not list(settled.node("n1/backup/web01").glob("disk1/*"))


def test_a_target_whose_disk_is_full(settled: Desk) -> None:
    settled.node(IMAGE).write_bytes(os.urandom(600_000))
    name = made(settled)
    small = settled.node("n1/small")
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(small)], check=True)
    try:
        ran = settled.run("backup", "restore", name, "--to-file", "/small/new.raw")
        assert (ran.code, "No space left on device; nothing was changed" in ran.err) == (1, True)
        assert os.listdir(small) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)

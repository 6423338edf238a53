"""Restores and downloads as a user types them: whole and proven, or nothing changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.shelf import IMAGE, TARGET, artefact, identity, made, sealed, unsign

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk, Ran

pytestmark = pytest.mark.slow  # each test starts many agents

NEW = "/images/new.raw"


def restored(desk: Desk, name: str, *words: str) -> Ran:
    return desk.run("backup", "restore", name, "--to", TARGET, "--yes-destroy", TARGET, *words)


def leftovers(desk: Desk) -> list[str]:
    folder = desk.node("n1/images")
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_disk_is_put_back_byte_for_byte_with_owner_and_mode(settled: Desk) -> None:
    image = settled.node(IMAGE)
    before = image.read_bytes()
    name = made(settled)
    image.write_bytes(os.urandom(len(before)))
    os.chown(image, 12, 34)
    image.chmod(0o640)
    assert restored(settled, name).code == 0
    found = image.stat()
    assert image.read_bytes() == before
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (12, 34, 0o640)
    assert leftovers(settled) == []


def test_an_image_that_was_larger_than_its_backup_is_told_of(settled: Desk) -> None:
    name = made(settled)
    image = settled.node(IMAGE)
    before = image.stat().st_size
    assert "had" not in restored(settled, name).err
    image.write_bytes(bytes(before + 5))
    said = restored(settled, name).err
    assert f"has the size of the backup now, {before} bytes; it had {before + 5}" in said
    assert image.stat().st_size == before


def test_nothing_is_replaced_without_its_name(settled: Desk) -> None:
    name = made(settled)
    image = settled.node(IMAGE)
    image.write_bytes(b"later" * 9999)
    for words in (
        ["--to", TARGET],
        ["--to", TARGET, "--yes-destroy", name],
        ["--to", "web01:2", "--yes-destroy", TARGET],
        ["--to", "db01:1", "--yes-destroy", "web01:1"],
        ["--to", "db01:1", "--on", "n2", "--yes-destroy", "db01:1"],
        ["--to-file", NEW, "--on", "n9"],
        ["--to", "web01:9", "--yes-destroy", "web01:9"],
        ["--to-file", "/images/web.raw", "--yes-destroy", "/images/web.raw"],
        ["--to-file", "images/new.raw"],
        ["--to-file", "/nowhere/new.raw"],
        ["--to-file", "/backup/web01/disk1/new.raw"],
        ["--to-file", "/etc/cron.d/new"],
        ["--to-file", "/etc/holdfast/lab/new"],
        ["--to-file", "/dev/new"],
        [],
    ):
        assert settled.run("backup", "restore", name, *words).code in (1, 64), words
    assert image.read_bytes() == b"later" * 9999
    assert leftovers(settled) == []


def test_an_image_that_a_process_has_open_is_left_alone(settled: Desk) -> None:
    name = made(settled)
    image = settled.node(IMAGE)
    image.write_bytes(b"later" * 9999)
    with image.open("rb"):
        ran = restored(settled, name)
        assert (ran.code, "is in use by" in ran.err) == (1, True)
    assert image.read_bytes() == b"later" * 9999
    assert restored(settled, name).code == 0


def test_a_smaller_target_is_refused(settled: Desk) -> None:
    name = made(settled)
    settled.node(IMAGE).write_bytes(b"small")
    ran = restored(settled, name)
    assert (ran.code, "has 5 bytes, the backup 16384" in ran.err) == (1, True)
    assert settled.node(IMAGE).read_bytes() == b"small"


@pytest.mark.parametrize("compression", ["off", "zstd"])
def test_age_opens_what_we_stored_and_we_restore_what_is_sealed(
    settled: Desk, compression: str
) -> None:
    key, recipient = identity(settled)
    sealed(settled, recipient, compression)
    image = settled.node(IMAGE)
    before = image.read_bytes()
    name = made(settled)
    stored = artefact(settled, name)
    opened = subprocess.run(
        ["age", "-d", "-i", key, str(stored)], check=True, capture_output=True
    ).stdout
    if compression == "zstd":
        opened = subprocess.run(
            ["zstd", "-dc"], input=opened, check=True, capture_output=True
        ).stdout
    assert opened == before
    image.write_bytes(bytes(len(before)))
    assert restored(settled, name).code == 12
    stranger = settled.node("stranger.txt")
    subprocess.run(["age-keygen", "-o", str(stranger)], check=True, capture_output=True)
    refused = restored(settled, name, "--identity", str(stranger))
    assert (refused.code, "does not open" in refused.err) == (12, True)
    assert image.read_bytes() == bytes(len(before))
    assert restored(settled, name, "--identity", key).code == 0
    assert image.read_bytes() == before
    _downloaded(settled, name, key, before, stored)


def _downloaded(desk: Desk, name: str, key: str, content: bytes, stored: Path) -> None:
    desk.ok("backup", "download", name)
    assert desk.node(stored.name).read_bytes() == stored.read_bytes()
    desk.ok("backup", "download", name, "--identity", key, "-o", "plain.img")
    assert desk.node("plain.img").read_bytes() == content
    assert desk.run("backup", "download", name, "-o", "plain.img").code == 1
    assert not list(desk.folder.glob(".*.part"))


def test_the_age_program_s_file_is_restored(settled: Desk) -> None:
    key, recipient = identity(settled)
    sealed(settled, recipient, "off")
    name = made(settled)
    stored = artefact(settled, name)
    content = settled.node(IMAGE).read_bytes()
    theirs = subprocess.run(
        ["age", "-r", recipient], input=content, check=True, capture_output=True
    ).stdout
    stored.write_bytes(theirs)
    total = {"sha256": hashlib.sha256(theirs).hexdigest(), "size": len(theirs)}
    unsign(settled, name, stored=total)
    words = ("backup", "restore", name, "--to-file", NEW, "--identity", key)
    assert "unsigned" in settled.run(*words).err
    assert not settled.node("n1" + NEW).exists()
    settled.ok(*words, "--accept", "unsigned")
    assert settled.node("n1" + NEW).read_bytes() == content


def test_a_key_where_none_is_needed_is_refused(settled: Desk) -> None:
    key, _ = identity(settled)
    name = made(settled)
    ran = settled.run("backup", "restore", name, "--to-file", NEW, "--identity", key)
    assert (ran.code, "is not encrypted" in ran.err) == (12, True)
    settled.node("bad.txt").write_text("AGE-SECRET-KEY-1NO")
    sealed(settled, "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
    other = made(settled)
    ran = settled.run("backup", "restore", other, "--to-file", NEW, "--identity", "bad.txt")
    assert (ran.code, "bad.txt: the identity" in ran.err) == (12, True)
    assert "1NO" not in ran.err
    assert not settled.node("n1" + NEW).exists()


def test_a_download_goes_on_where_it_broke_off(settled: Desk) -> None:
    name = made(settled)
    stored = artefact(settled, name).read_bytes()
    digest = hashlib.sha256(stored).hexdigest()
    part = settled.node(f".web.img.{digest[:12]}.part")
    part.write_bytes(stored[:5000])
    settled.ok("backup", "download", name, "-o", "web.img")
    assert settled.node("web.img").read_bytes() == stored
    part.write_bytes(b"x" * 5000)
    settled.node("web.img").unlink()
    ran = settled.run("backup", "download", name, "-o", "web.img")
    assert (ran.code, "is not what was stored" in ran.err) == (1, True)
    assert not part.exists()
    assert not settled.node("web.img").exists()

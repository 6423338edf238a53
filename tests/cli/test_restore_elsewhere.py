"""A backup restored to another node, straight from the one that holds it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cli.shelf import IMAGE, identity, made, sealed

if TYPE_CHECKING:
    from cli.desk import Desk

DISK, TARGET = "n2/images/db.raw", "db01:1"
KEYS, TICKETS = "n2/root/.ssh/authorized_keys", "n2/var/lib/holdfast/lab/tickets"
OVER = ("--to", TARGET, "--yes-destroy", TARGET)


def nothing_is_left(desk: Desk) -> None:
    """Hold that nobody is let in or expected any more, and no half of an image lies about."""
    assert not desk.node(KEYS).exists() or "peer" not in desk.node(KEYS).read_text()
    assert not list(desk.node(TICKETS).glob("*"))
    assert not list(desk.node("n2/images").glob(".*"))
    assert desk.run("plan", "--detailed-exitcode").code == 0


def test_it_goes_over_a_disk_of_another_node(settled: Desk) -> None:
    key, recipient = identity(settled)
    sealed(settled, recipient)
    name = made(settled)
    expected = settled.node(IMAGE).read_bytes()
    target = settled.node(DISK)
    os.chown(target, 12, 34)
    refused = settled.run("backup", "restore", name, *OVER)
    assert refused.code == 12
    settled.ok("backup", "restore", name, *OVER, "--identity", key)
    assert target.read_bytes() == expected
    assert (target.stat().st_uid, target.stat().st_gid) == (12, 34)
    nothing_is_left(settled)


def test_it_makes_a_new_file_there(settled: Desk) -> None:
    name = made(settled)
    words = ("backup", "restore", name, "--to-file", "/images/new.raw", "--on", "n2")
    settled.ok(*words)
    assert settled.node("n2/images/new.raw").read_bytes() == settled.node(IMAGE).read_bytes()
    assert "is there already" in settled.run(*words).err
    nothing_is_left(settled)


def test_what_the_other_node_refuses_changes_nothing(settled: Desk) -> None:
    name = made(settled)
    target = settled.node(DISK)
    before = target.read_bytes()
    with target.open("rb"):
        ran = settled.run("backup", "restore", name, *OVER)
        assert (ran.code, "node n2: " in ran.err, "is in use by" in ran.err) == (1, True, True)
    target.write_bytes(b"small")
    ran = settled.run("backup", "restore", name, *OVER)
    assert (ran.code, "has 5 bytes, the backup 16384" in ran.err) == (1, True)
    target.write_bytes(before)
    artefact = next(settled.node("n1/backup/web01/disk1").glob("*.img"))
    content = bytearray(artefact.read_bytes())
    content[9000] ^= 1
    artefact.write_bytes(content)
    ran = settled.run("backup", "restore", name, *OVER)
    assert (ran.code, "are not those of the manifest" in ran.err) == (1, True)
    assert target.read_bytes() == before
    nothing_is_left(settled)

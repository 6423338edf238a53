"""`retention preview` and `keys generate` as a user types them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.desk import consent
from cli.shelf import ID, IMAGE, listed, made, sealed

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


def test_a_preview_tells_what_a_smaller_retention_drops(settled: Desk) -> None:
    names = [made(settled) for _ in range(3)]
    told = settled.ok("retention", "preview", ID, "--format", "json").json
    assert [fate["fate"] for fate in told["fates"]] == ["kept"] * 3
    settled.inventory["definitions"][0]["retention"] = 1
    settled.write()
    told = settled.ok("retention", "preview", ID, "--format", "json").json
    assert [(fate["name"], fate["fate"]) for fate in told["fates"]] == [
        (names[2], "kept"),
        (names[1], "dropped"),
        (names[0], "dropped"),
    ]
    settled.ok("backup", "lock", names[0], "--reason", "audit")
    assert "locked" in settled.ok("retention", "preview", ID).out
    later = settled.ok("retention", "preview", ID, "--at", "3d", "--format", "json").json
    assert later["made"] == 3
    assert [fate["fate"] for fate in later["fates"]] == ["gone", "gone", "kept"]
    for at, fault in (("2020-01-01", "give one within the next 366 days"), ("soon", "is no time")):
        ran = settled.run("retention", "preview", ID, "--at", at)
        assert (ran.code, "Invalid value for '--at': " in ran.err, fault in ran.err) == (64, 1, 1)
    assert settled.run("retention", "preview", "no@web01:1").code == 1


def test_what_waits_goes_once_somebody_agrees_to_just_that(settled: Desk) -> None:
    first, second, third = (made(settled) for _ in range(3))
    settled.inventory["definitions"][0]["retention"] = 1
    settled.write()
    assert settled.run("retention", "approve", ID, "--accept", "lose@0").code == 10
    told = settled.ok("retention", "preview", ID, "--format", "json").json
    needs = "once the node has this retention by `apply`"
    assert needs in settled.ok("retention", "preview", ID).out
    refused = settled.run("retention", "approve", ID, "--accept", told["accept"])
    assert (refused.code, "is the inventory applied?" in refused.err) == (1, True)
    settled.ok("apply", "--auto-approve", "--accept", consent(settled.run("plan").out, "lose"))
    settled.node(f"n1/etc/holdfast/lab/definitions/{ID}.approved.json").unlink()
    last = made(settled)
    assert [row["name"] for row in listed(settled)] == [second, third, last]
    assert f"holdfast retention preview {ID}" in settled.run("status", "--check").err
    told = settled.ok("retention", "preview", ID, "--format", "json").json
    assert told["waiting"] == [third, second]
    assert f"approve {ID} --accept {told['accept']}" in settled.ok("retention", "preview", ID).out
    settled.ok("retention", "approve", ID, "--accept", told["accept"])
    assert settled.ok("retention", "approve", ID).err == f"{ID}: no backup waits for approval\n"
    settled.ok("status", "--check")
    assert settled.ok("plan", "--detailed-exitcode").code == 0
    assert [row["name"] for row in listed(settled)] == [second, third, last]
    newest = made(settled)
    assert [row["name"] for row in listed(settled)] == [newest]
    assert first not in (last, newest)


def test_a_generated_key_opens_backups_here_and_in_age(settled: Desk) -> None:
    ran = settled.ok("keys", "generate", "-o", "key.txt")
    key = settled.node("key.txt")
    recipient = ran.err.split()[-1]
    theirs = subprocess.run(
        ["age-keygen", "-y", str(key)], check=True, capture_output=True, text=True
    )
    assert theirs.stdout.strip() == recipient
    assert key.stat().st_mode & 0o7777 == 0o600
    assert "AGE-SECRET-KEY" not in ran.out + ran.err
    before = key.read_text()
    assert settled.run("keys", "generate", "-o", "key.txt").code == 1
    assert key.read_text() == before
    assert "AGE-SECRET-KEY-1" in settled.ok("keys", "generate").out
    sealed(settled, recipient)
    name = made(settled)
    settled.ok("backup", "restore", name, "--to-file", "/images/new", "--identity", "key.txt")
    assert settled.node("n1/images/new").read_bytes() == settled.node(IMAGE).read_bytes()

"""What is altered, forged or gone is found by verify and refused by restore."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cli.shelf import IMAGE, artefact, listed, made, unsign
from cli.test_backup_restore import NEW, leftovers, restored

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


def test_what_is_altered_is_found_and_not_restored(settled: Desk) -> None:
    name = made(settled)
    stored = artefact(settled, name)
    content = bytearray(stored.read_bytes())
    content[777] ^= 4
    stored.write_bytes(content)
    settled.node(IMAGE).write_bytes(b"later" * 9999)
    ran = restored(settled, name)
    assert (ran.code, "the stored bytes are not those of the manifest" in ran.err) == (1, True)
    assert settled.node(IMAGE).read_bytes() == b"later" * 9999
    assert leftovers(settled) == []
    ran = settled.run("backup", "verify", "--all")
    assert (ran.code, "LOST: the stored bytes are not" in ran.out) == (2, True)
    assert listed(settled)[0]["status"] == "lost"
    assert "is lost" in restored(settled, name).err
    content[777] ^= 4
    stored.write_bytes(content)
    assert "ok: stored bytes and content" in settled.ok("backup", "verify", name).out
    assert listed(settled)[0]["status"] == "ok"


def test_the_sample_takes_what_was_not_verified_for_longest(settled: Desk) -> None:
    first, second = made(settled), made(settled)
    settled.ok("backup", "verify", first)
    assert second in settled.ok("backup", "verify", "--sample", "1").out
    assert settled.run("backup", "verify").code == 64
    assert settled.run("backup", "verify", first, "--all").code == 64


def test_a_well_formed_file_of_somebody_else_is_refused(settled: Desk) -> None:
    name = made(settled)
    forged = b"theirs" * 1000
    artefact(settled, name).write_bytes(forged)
    total = {"sha256": hashlib.sha256(forged).hexdigest(), "size": len(forged)}
    path = artefact(settled, name).with_suffix(".json")
    signed = json.loads(path.read_text())
    unsign(settled, name, stored=total, content=total)
    before = settled.node(IMAGE).read_bytes()
    for words in (("verify", name), ("download", name), ("restore", name, "--to-file", NEW)):
        ran = settled.run("backup", *words)
        code = 2 if words[0] == "verify" else 1
        assert (ran.code, "no node vouches for its manifest" in ran.out + ran.err) == (code, True)
    unsign(settled, name, stored=total, content=total, signature=signed["signature"])
    for words in (("verify", name), ("restore", name, "--to-file", NEW)):
        ran = settled.run("backup", *words, "--accept", "unsigned")
        code = 2 if words[0] == "verify" else 1
        assert (ran.code, "altered" in ran.out + ran.err) == (code, True)
    assert listed(settled)[0]["status"] == "lost"
    assert settled.node(IMAGE).read_bytes() == before
    assert not settled.node("n1" + NEW).exists()


def images(desk: Desk) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in desk.folder.glob("n?/images/*")}


def test_a_backup_in_another_servers_folder_is_none_of_that_server(settled: Desk) -> None:
    name = made(settled)
    home = artefact(settled, name).parent
    shutil.copytree(home, home.parents[1] / "db01/disk1", dirs_exist_ok=True)
    copied = name.replace("web01", "db01")
    over = ("restore", copied, "--to", "db01:1", "--yes-destroy", "db01:1")
    before = images(settled)
    assert len(before) > 1
    for words in (("verify", copied), ("restore", copied, "--to-file", NEW), over):
        ran = settled.run("backup", *words, "--accept", "unsigned")
        told = "its manifest is that of a backup of web01:1" in ran.out + ran.err
        assert (ran.code, told) == (2 if words[0] == "verify" else 1, True), ran
    assert images(settled) == before


def test_damage_is_put_down_where_the_state_beside_it_cannot_be_read(settled: Desk) -> None:
    name = made(settled)
    stored = artefact(settled, name)
    stored.write_bytes(bytes(stored.stat().st_size))
    state = stored.with_name(name.rpartition("/")[2] + ".state.json")
    state.write_text("{")
    assert settled.run("backup", "verify", name).code == 2
    (told,) = listed(settled)
    assert (told["status"], told["locked"]) == ("lost", True)
    state.write_text("{")
    hint = "(`backup unlock` puts a new one in its place)"
    assert hint in listed(settled)[0]["fault"]
    for words in (("note", name, "mine"), ("lock", name, "--reason", "mine")):
        ran = settled.run("backup", *words)
        assert (ran.code, hint in ran.err) == (1, True)
    settled.ok("backup", "unlock", name)
    assert not state.exists()
    settled.ok("backup", "delete", name, "--yes-destroy", name)


@pytest.mark.parametrize("form", ["human", "json"])
def test_whatever_is_wrong_with_a_manifest_is_one_finding(settled: Desk, form: str) -> None:
    name = made(settled)
    path = artefact(settled, name).with_suffix(".json")
    whole = path.read_text()
    for damaged in (
        "{",  # no JSON
        whole.replace('"duration":', '"duration": '),  # not as it was written
        whole.replace('"sequence":1', '"sequence":2'),  # not what was signed
        whole.replace('"signature":"', '"signature":"!'),  # no signature
        whole.replace('"format":1', '"format":7'),
    ):
        assert damaged != whole
        path.write_text(damaged)
        for asked in (name, "--all"):
            ran = settled.run("backup", "verify", asked, "--format", form)
            assert ran.code == 2, (damaged, ran)
            told = ran.json["verified"][0]["fault"] if form == "json" else ran.out
            assert "manifest" in told
            assert "not verified" not in told
    path.write_text(whole)
    settled.ok("backup", "verify", name)

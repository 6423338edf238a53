"""What somebody else put in a backup's place, well-formed and for the same recipient, is refused.

Whoever can write to a storage knows the recipients and can sign with a key of their own.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from agent import keys
from agent.acts.counter import Line, act, asked, name, restoring, stocked
from agent.age.test_keys import IDENTITY
from agent.desk import Desk
from holdfast.agent import canonical
from holdfast.agent.age import file as age
from holdfast.agent.age import header, x25519
from holdfast.agent.age.keys import Identity
from holdfast.agent.backups import signature, stock
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

OPENS = Identity.parse(IDENTITY)
RECIPE = {"encrypt_to": [str(x25519.recipient_of(OPENS))]}
OURS, THEIRS, NOW = (word * 500 for word in (b"what was ours", b"what is wrong", b"what is there"))


class Stranger(NamedTuple):
    """Another node with a backup of its own, in the place of ours; what lay there before."""

    ours: Desk
    theirs: Desk
    file: Path
    manifest: Path
    stored: bytes
    signed: str

    def sign(self, **changes: object) -> None:
        """Put the stranger's manifest in place of ours, under our backup's name."""
        document = {**json.loads(self.signed), **self.theirs.manifests()[0]}
        document.update(backup=self.manifest.stem, file=self.file.name, **changes)
        signed = signature.sign(self.theirs.layout, document)
        self.manifest.write_text(canonical.dumps(signed) + "\n")

    def bring(self) -> None:
        """Put the stranger's file in place of ours."""
        (file,) = self.theirs.disk.glob("*.age")
        self.file.write_bytes(file.read_bytes())

    def do(self, what: str, *, accept: str | None) -> Line:
        """Act on the backup, whose header gives the key for its file."""
        raw, _ = header.split([self.file.read_bytes()])
        arguments: Line = {"offset": 0, "length": 9}
        if what == "restore":
            key = base64.b64encode(age.unwrap(raw, [OPENS])).decode()
            arguments = {**restoring(), "file_key": key}
        request = asked(self.ours, what, name(self.ours), **arguments | {"accept": accept})
        return act(self.ours, request)

    def refused(self, accept: str | None, *whats: str) -> set[str]:
        """Return what is said by acts that must refuse, and leave the disk as it is."""
        said = set()
        for what in whats:
            done = self.do(what, accept=accept)
            assert done["type"] == "failure" or (what == "verify" and done["fault"]), done
            said.add(done["message"] if done["type"] == "failure" else done["fault"])
            assert (self.ours.root / "images/web01.raw").read_bytes() == NOW
        return said

    def told(self) -> Line:
        lines = stock.answer(Survey(self.ours.layout))
        (line,) = [line for line in lines if line["type"] == "backup"]
        return line


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    ours = stocked(tmp_path / "ours", OURS, **RECIPE)
    theirs = Desk(tmp_path / "theirs").settle(content=THEIRS)
    keys.settle(theirs.layout, "another node")
    theirs.define(**RECIPE)
    assert theirs.run("run", "prg", "weekly@web01:2").returncode == 0
    (file,) = ours.disk.glob("*.age")
    manifest = ours.disk / f"{name(ours)[8:]}.json"
    ours.put("images/web01.raw", NOW)
    return Stranger(ours, theirs, file, manifest, file.read_bytes(), manifest.read_text())


def test_a_whole_backup_of_a_stranger_is_refused_and_told_as_such(stranger: Stranger) -> None:
    stranger.bring()
    stranger.sign()
    for said in stranger.refused(None, "verify", "restore", "header", "fetch"):
        assert ": signed by a stranger: SHA256:" in said
        assert "is none of the keys known here" in said
    told = stranger.told()
    assert (told["vouched"], told["fault"][:27]) == (False, "signed by a stranger: SHA25")


def test_one_that_is_accepted_stays_a_strangers_in_every_list(stranger: Stranger) -> None:
    stranger.bring()
    stranger.sign()
    assert stranger.do("verify", accept="unsigned")["fault"] == ""
    assert stranger.do("restore", accept="unsigned")["type"] == "result"
    assert (stranger.ours.root / "images/web01.raw").read_bytes() == THEIRS
    told = stranger.told()
    assert (told["vouched"], told["fault"][:27]) == (False, "signed by a stranger: SHA25")
    stranger.ours.put("images/web01.raw", NOW)
    stranger.refused(None, "verify", "restore", "header", "fetch")  # it was accepted for that once


@pytest.mark.parametrize("accept", [None, "unsigned"])
def test_a_strangers_file_under_our_manifest_is_refused(
    stranger: Stranger, accept: str | None
) -> None:
    stranger.bring()
    assert stranger.file.stat().st_size == len(stranger.stored)
    for said in stranger.refused(accept, "restore", "verify"):
        assert said.startswith("the stored bytes are not those of the manifest: SHA-256 ")
    assert stranger.told()["status"] == "lost"  # as the verification saw
    assert "is lost: " in stranger.refused(accept, "restore").pop()


@pytest.mark.parametrize("accept", [None, "unsigned"])
def test_a_strangers_manifest_does_not_make_our_file_another(
    stranger: Stranger, accept: str | None
) -> None:
    stranger.sign(stored={"sha256": "0" * 64, "size": len(stranger.stored)})
    stranger.refused(accept, "verify", "restore")


@pytest.mark.parametrize("accept", [None, "unsigned"])
def test_what_a_stranger_did_not_sign_so_is_altered_whatever_is_accepted(
    stranger: Stranger, accept: str | None
) -> None:
    stranger.bring()
    stranger.sign()
    text = stranger.manifest.read_text()
    assert '"sequence":1,' in text
    stranger.manifest.write_text(text.replace('"sequence":1,', '"sequence":2,'))
    for said in stranger.refused(accept, "verify", "restore", "header", "fetch"):
        assert "altered: its manifest is not what was signed" in said
    assert (stranger.told()["status"], stranger.told()["fault"][:8]) == ("lost", "altered:")


def test_our_own_back_in_its_place_is_good_again(stranger: Stranger) -> None:
    stranger.bring()
    stranger.sign()
    stranger.refused(None, "restore")
    stranger.file.write_bytes(stranger.stored)
    stranger.manifest.write_text(stranger.signed)
    assert stranger.do("verify", accept=None)["fault"] == ""
    assert stranger.do("restore", accept=None)["type"] == "result"
    assert (stranger.ours.root / "images/web01.raw").read_bytes() == OURS

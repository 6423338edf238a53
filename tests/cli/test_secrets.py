"""Secrets: known by reference, counted by version, and never seen outside their one file."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.guarded import FOLDER, KEY, PHRASE, UNSEEN, guarded, plan

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["guarded"]

pytestmark = pytest.mark.slow  # each test starts many agents


# Logs the argument list of every program that the command starts.
WATCHED = """\
import sys
log = open("argv.log", "a", encoding="utf-8")
def hook(event, arguments):
    if event == "subprocess.Popen":
        print(arguments[1], arguments[3] and sorted(arguments[3]), file=log, flush=True)
sys.addaudithook(hook)
from holdfast.cli.main import main
main(sys.argv[1:])
"""


def test_a_secret_goes_where_it_belongs_and_nowhere_else(guarded: Desk) -> None:
    said = []
    for words in (
        ["plan", "-o", "saved.json"],
        ["show", "saved.json", "--format", "json"],
        ["apply", "saved.json"],
        ["plan", "--format", "json"],
        ["drift", "--format", "markdown", *UNSEEN],
        ["status", "--format", "json"],
        ["backup", "list"],
        ["validate"],
    ):
        program = [sys.executable, "-c", WATCHED, *words]
        ran = subprocess.run(
            program, cwd=guarded.folder, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran
        said += [ran.stdout, ran.stderr]
    assert guarded.node(f"{FOLDER}/lm1.api_key").read_text(encoding="utf-8") == KEY
    passphrase = guarded.node(f"{FOLDER}/lm1.certificates.passphrase")
    assert passphrase.read_text(encoding="utf-8") == PHRASE
    assert passphrase.stat().st_mode & 0o7777 == 0o600
    assert passphrase.parent.stat().st_mode & 0o7777 == 0o700
    log = guarded.node("argv.log").read_text(encoding="utf-8")
    assert log.count("rpc") >= 6, "the log sees the agents being started"

    allowed = (f"/{FOLDER}/", "/keys/")
    files = {p: s[2] for p, s in guarded.tree().items() if not any(a in p for a in allowed)}
    for value in (KEY, PHRASE):
        raw = value.encode()
        forms = [raw, repr(value)[1:-1].encode(), base64.b64encode(raw)[:-4]]
        forms += [hashlib.new(name, raw).hexdigest().encode() for name in ("sha256", "md5")]
        for form in forms:
            assert not [text for text in said if form.decode() in text]
            assert not [path for path, content in files.items() if form in content]


def test_a_value_that_did_not_change_is_no_change(guarded: Desk) -> None:
    assert plan(guarded) == {"lm1.api_key": 1, "lm1.certificates.passphrase": 1}
    guarded.apply()
    assert plan(guarded) == {}
    assert guarded.ok("plan", "--detailed-exitcode")


def test_a_value_that_changed_is_a_new_version(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.apply()
    monkeypatch.setenv("LM_KEY", "another")
    assert plan(guarded) == {"lm1.api_key": 2}
    guarded.apply()
    assert guarded.node(f"{FOLDER}/lm1.api_key").read_text(encoding="utf-8") == "another"
    assert plan(guarded) == {}


def test_a_value_edited_on_the_node_is_put_right(guarded: Desk) -> None:
    guarded.apply()
    guarded.node(f"{FOLDER}/lm1.api_key").write_text("by hand", encoding="utf-8")
    assert plan(guarded) == {"lm1.api_key": 2}
    guarded.apply()
    assert guarded.node(f"{FOLDER}/lm1.api_key").read_text(encoding="utf-8") == KEY


def test_a_secret_that_nothing_wants_any_more_is_deleted(guarded: Desk) -> None:
    guarded.apply()
    del guarded.inventory["loadmasters"]
    guarded.apply()
    assert os.listdir(guarded.node(FOLDER)) == []


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named_without_its_content(
    guarded: Desk, content: bytes | None
) -> None:
    path = guarded.node("keys/passphrase")
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    ran = guarded.run("plan")
    assert (ran.code, ran.out) == (12, "")
    assert ran.err.startswith("file/keys/passphrase: ")


def test_a_secret_written_into_the_inventory_is_not_repeated(guarded: Desk) -> None:
    guarded.inventory["loadmasters"]["lm1"]["api_key"] = KEY
    ran = guarded.write().run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "never the secret itself" in ran.err
    assert "canary" not in ran.err

"""Secrets: known by reference, counted by version, and never seen outside their one file."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.desk import Desk, Ran

pytestmark = pytest.mark.slow  # each test starts many agents

KEY = "canary-key-5bd1e995-äöü"
PHRASE = 'canary "passphrase"\\n with\ttab'
UNSEEN = ("--exclude", "loadmaster/*")  # nobody is there
FOLDER = "n1/etc/holdfast/lab/secrets"

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


@pytest.fixture
def guarded(settled: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk whose LoadMaster wants a secret of the environment and one of a file."""
    settled.inventory["loadmasters"] = {
        "lm1": {
            "address": "https://127.0.0.1:9",
            "connector": "n1",
            "api_key": "env/LM_KEY",
            "certificates": {"passphrase": "file/keys/passphrase"},
            "tls": {"sha256": "9f" * 32},
        }
    }
    monkeypatch.setenv("LM_KEY", KEY)
    settled.node("keys").mkdir()
    settled.node("keys/passphrase").write_text(PHRASE + "\n", encoding="utf-8")
    return settled.write()


def versions(ran: Ran) -> dict[str, object]:
    changes = [e for e in ran.json["resource_changes"] if e["type"] == "secret"]
    return {
        e["address"].rpartition("/")[2]: e["change"]["after"] and e["change"]["after"]["version"]
        for e in changes
    }


def plan(desk: Desk) -> dict[str, object]:
    return versions(desk.ok("plan", "--format", "json"))


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


@pytest.mark.parametrize("value", [None, ""])
def test_a_secret_that_is_not_at_hand_is_unknown_and_stops_nothing(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    guarded.apply()
    monkeypatch.delenv("LM_KEY")
    if value is not None:
        monkeypatch.setenv("LM_KEY", value)
    guarded.inventory["definitions"][0]["description"] = "new"
    ran = guarded.write().ok("plan")
    assert "? unknown  node/n1/secret/lm1.api_key: env/LM_KEY is not set here" in ran.out
    assert "1 to update" in ran.out
    assert guarded.apply().out.endswith("Apply: 1 done, 0 failed, 0 stale, 0 skipped.\n")
    assert guarded.node(f"{FOLDER}/lm1.api_key").read_text(encoding="utf-8") == KEY
    guarded.ok("drift", *UNSEEN)


def test_a_plan_of_a_job_without_the_secrets_can_be_applied_by_one_that_has_them(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LM_KEY")
    guarded.ok("plan", "-o", "saved.json")
    monkeypatch.setenv("LM_KEY", KEY)
    assert guarded.ok("apply", "saved.json").out.endswith(
        "Apply: 2 done, 0 failed, 0 stale, 0 skipped.\n"
    )
    assert plan(guarded) == {"lm1.api_key": 1}


def test_a_plan_with_a_secret_that_is_gone_meanwhile_is_stale(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.ok("plan", "-o", "saved.json")
    monkeypatch.delenv("LM_KEY")
    assert guarded.run("apply", "saved.json").code == 13
    assert not guarded.node(f"{FOLDER}/lm1.api_key").exists()


def test_a_secret_that_nothing_wants_any_more_is_deleted(guarded: Desk) -> None:
    guarded.apply()
    del guarded.inventory["loadmasters"]
    guarded.apply()
    assert os.listdir(guarded.node(FOLDER)) == []


def test_a_move_to_another_connector_leaves_it_until_it_is_there(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.apply()
    guarded.inventory["loadmasters"]["lm1"]["connector"] = "n2"
    monkeypatch.delenv("LM_KEY")
    ran = guarded.write().ok("plan")
    assert "? unknown  node/n2/secret/lm1.api_key: env/LM_KEY is not set here" in ran.out
    stays = "it stays until node/n2/secret/lm1.api_key is there"
    assert f"? unknown  node/n1/secret/lm1.api_key: {stays}" in ran.out
    guarded.apply()
    left = guarded.node(FOLDER) / "lm1.api_key"
    assert left.read_text(encoding="utf-8") == KEY
    monkeypatch.setenv("LM_KEY", KEY)
    guarded.apply()
    assert os.listdir(guarded.node(FOLDER)) == []
    moved = guarded.node(FOLDER.replace("n1", "n2", 1)) / "lm1.api_key"
    assert moved.read_text(encoding="utf-8") == KEY


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

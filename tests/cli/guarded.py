"""A desk whose LoadMaster wants secrets of a job's environment and of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.desk import Desk, Ran

KEY = "canary-key-5bd1e995-äöü"
PHRASE = 'canary "passphrase"\\n with\ttab'
FOLDER = "n1/etc/holdfast/lab/secrets"
UNSEEN = ("--exclude", "loadmaster/*")  # nobody is there


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

"""The agent as its callers meet it: one request in, lines out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import ID, KEY, SECRET, STORAGE, Installed, built, change, promise

if TYPE_CHECKING:
    from pathlib import Path

WRITES = {
    "agent": ("", {}),
    "storage": ("nas", STORAGE),
    "secret": ("lm-1.api_key", SECRET),
    "reader": ("", {"key": KEY, "forwards": []}),
    "definition": (ID, promise()),
}


@pytest.fixture
def node(tmp_path: Path) -> Installed:
    return Installed(tmp_path).bring()


def test_the_agent_says_who_it_is(node: Installed) -> None:
    code, lines, err = node.run(node.request())
    assert (code, err) == (0, "")
    assert lines[0]["type"] == "hello"
    assert (lines[0]["protocol"], lines[0]["agent"]) == (1, built().sha256)
    assert lines[-1] == {"type": "end", "count": len(lines) - 1}


def test_a_read_changes_nothing(node: Installed) -> None:
    before = node.files()
    node.ask({"op": "read", "wanted": {}}, {"op": "status"}, {"op": "backups"})
    assert node.files() == before
    assert not (node.root / "run").exists()


@pytest.mark.parametrize("kind", WRITES)
def test_the_reading_key_writes_nothing(node: Installed, kind: str) -> None:
    name, after = WRITES[kind]
    content = node.request({"op": "read"}, change(kind, name, None, after))
    before = node.files()
    code, lines, _ = node.run(content, "rpc", "--read-only")
    assert code == 1
    assert lines[-1]["code"] == "denied"
    assert node.files() == before


def test_the_reading_key_reads(node: Installed) -> None:
    code, lines, _ = node.run(node.request({"op": "read"}), "rpc", "--read-only")
    assert (code, lines[-1]["type"]) == (0, "end")


@pytest.mark.parametrize("content", [b"", b'{"protocol": 1, "inven', b"noise\n{}"])
def test_half_a_request_does_nothing(node: Installed, content: bytes) -> None:
    code, lines, err = node.run(content)
    assert (code, err) == (1, "")
    assert (lines[0]["type"], lines[-1]["code"]) == ("hello", "request")


@pytest.mark.parametrize(
    "words", [["rpc", "--write"], ["seen"], ["seen", "a.b"], ["seen", "../x"], ["nothing"]]
)
def test_an_unknown_command_is_64(node: Installed, words: list[str]) -> None:
    code, lines, err = node.run(b"", *words)
    assert (code, lines) == (64, [])
    assert "usage" in err


def test_seen_is_recorded_for_an_inventory_that_is_here(node: Installed) -> None:
    assert node.run(b"", "seen", "prg")[0] == 0
    assert not (node.root / "var").exists()
    node.apply(change("agent", "", None, node.here()))
    assert node.run(b"", "seen", "prg")[0] == 0
    (line,) = node.ask({"op": "status"})
    assert line["type"] == "cron"
    assert line["seen"].endswith("Z")


def test_what_cannot_be_read_is_not_absent(node: Installed) -> None:
    node.apply(change("agent", "", None, node.here()))
    settings = node.root / "etc/holdfast/prg/node.json"
    settings.unlink()
    settings.mkdir()
    code, lines, err = node.run(node.request({"op": "read"}))
    assert code == 1
    assert lines[-1]["type"] != "end"
    assert "node.json: Is a directory" in err


def test_status_tells_of_each_definition(node: Installed) -> None:
    node.apply(
        change("agent", "", None, node.here()),
        change("storage", "nas", None, STORAGE),
        change("definition", ID, None, promise()),
    )
    lines: dict[str, Any] = {line["type"]: line for line in node.ask({"op": "status"})}
    told = lines["status"]
    assert (told["definition"], told["active"], told["backups"]) == (ID, True, 0)
    assert (told["last"], told["last_good"]) == (None, None)
    assert told["next"].endswith("T03:30:00Z")
    assert lines["cron"]["installed"] == told["served"] or lines["cron"]["installed"]


def test_the_backups_of_an_unseen_storage_are_a_problem(node: Installed) -> None:
    node.apply(
        change("agent", "", None, node.here()),
        change("storage", "nas", None, STORAGE),
        change("definition", ID, None, promise()),
    )
    os.unlink(node.root / "mnt/nas/.holdfast-storage.json")
    (line,) = node.ask({"op": "backups"})
    assert (line["type"], line["kind"], line["severity"]) == ("problem", "storage", "error")
    problem, told = node.ask({"op": "read", "wanted": {}})[-2:]
    assert (problem["type"], problem["kind"]) == ("problem", "definition")
    assert "backups" not in told
    problem, told, _ = node.ask({"op": "status"})
    assert (problem["type"], told["backups"]) == ("problem", None)

"""The contract of every kind: what is applied is what is read, twice; and gone is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import ID, KEY, SECRET, STORAGE, Installed, attributes, change, promise
from holdfast.agent import identity
from holdfast.agent.peers import grant

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each test starts several agents

DEVICE = {
    "host": "10.0.0.5",
    "port": 443,
    "tls": {"sha256": "9f" * 32},
    "login": "api_key",
    "user": None,
    "minimum_firmware": "7.2.62",
    "certificates": False,
}
BY_PASSWORD = {"tls": {"ca": "PEM"}, "login": "password", "user": "bal", "certificates": True}

SIGNED = [identity.text(bytes(32)), identity.text(bytes(31) + b"1")]

KINDS = {
    "storage": ("nas", STORAGE, {**STORAGE, "place": "/mnt/other"}, {}),
    "secret": ("lm-1.api_key", SECRET, {**SECRET, "version": 2}, {"value": "hunter2"}),
    "reader": (
        "",
        {"key": KEY, "forwards": []},
        {"key": "ssh-rsa AAAA", "forwards": ["10.0.0.7:22"]},
        {},
    ),
    "loadmaster": ("lm-1", DEVICE, {**DEVICE, **BY_PASSWORD}, {}),
    "peer": (
        "bkp01",
        {"key": KEY, "from": ["198.18.0.3"], "definitions": {ID: grant.of_attributes(promise())}},
        {"key": KEY, "from": [], "definitions": {}},
        {},
    ),
    "known": (
        "cn01",
        {
            "me": "bkp01",
            "address": "cn01.example.net",
            "port": 22,
            "user": "root",
            "host_key": KEY,
        },
        {"me": "bkp01", "root": "../cn01"},
        {},
    ),
    "signer": ("bkp02", {"keys": SIGNED[:1]}, {"keys": SIGNED}, {}),
    "definition": (ID, promise(), promise(description="x", timeout=7), {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_converges(node: Installed, kind: str) -> None:
    name, first, second, extra = KINDS[kind]
    before: Any = None
    for after in (first, second, None, first):
        lines = node.apply(change(kind, name, before, after, extra=extra))
        assert attributes(lines, kind, name) == after
        assert node.ask({"op": "read"}) == lines
        told = [line for line in lines if line["type"] == "resource"]
        assert all(line["applied"] is True for line in told)
        assert not [line for line in lines if line["type"] == "problem"]
        before = after


def test_the_agent_converges(tmp_path: Path) -> None:
    node = Installed(tmp_path).bring()
    assert node.ask({"op": "read"}) == []
    before = None
    for after in (node.here(), node.here(slots=3, nodes=["bkp01", "cn01"])):
        lines = node.apply(change("agent", "", before, after))
        assert [line["attributes"] for line in lines] == [after]
        before = after
    assert node.apply(change("agent", "", before, None)) == []
    assert list(node.files()) == []


def test_what_was_removed_by_hand_is_told_as_gone(node: Installed) -> None:
    node.apply(change("definition", ID, None, promise()))
    (node.root / "etc/holdfast/prg/definitions" / f"{ID}.json").unlink()
    (line,) = [line for line in node.ask({"op": "read"}) if line["kind"] == "definition"]
    assert (line["name"], line["attributes"], line["applied"]) == (ID, None, promise())


def test_drift_shows_what_was_applied(node: Installed) -> None:
    node.apply(change("definition", ID, None, promise()))
    cron = node.root / "etc/cron.d/holdfast-prg"
    cron.write_text(cron.read_text().replace("30 3 * * 0", "30 4 * * 0"))
    lines = {line["kind"]: line for line in node.ask({"op": "read"})}
    assert lines["definition"]["attributes"]["cron"] == ["30 4 * * 0"]
    assert lines["definition"]["applied"] == promise()
    assert lines["agent"]["attributes"]["cron_file"] == "entries changed: 1"
    assert lines["agent"]["applied"]["cron_file"] == "ok"
    drifted = lines["definition"]["attributes"]
    repaired = node.apply(change("definition", ID, drifted, promise()))
    assert all(line["applied"] is True for line in repaired)


def test_a_damaged_definition_is_told_and_can_be_written_again(node: Installed) -> None:
    node.apply(change("definition", ID, None, promise()))
    (node.root / "etc/holdfast/prg/definitions" / f"{ID}.json").write_text("{half")
    lines = node.ask({"op": "read"})
    (problem,) = [line for line in lines if line["type"] == "problem"]
    assert (problem["kind"], problem["name"], problem["severity"]) == ("definition", ID, "warning")
    damaged = attributes(lines, "definition", ID)
    assert "not JSON" in damaged["damaged"]
    again = node.apply(change("definition", ID, damaged, promise()))
    assert attributes(again, "definition", ID) == promise()

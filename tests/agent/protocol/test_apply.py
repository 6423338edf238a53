"""An apply: in order, against what was planned, up to the first failure, one at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.installed import (
    ID,
    SECRET,
    STORAGE,
    Installed,
    change,
    promise,
)
from holdfast.agent.protocol import apply, request

OTHER = "daily@web01:2"
CANARY = "canary-6b1f-do-not-tell"


def daily(**changes: Any) -> dict[str, Any]:
    return promise(definition="daily", **changes)


def outcomes(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["name"], line["status"]) for line in lines if line["type"] == "outcome"]


def test_what_changed_since_the_plan_is_left_alone(node: Installed) -> None:
    node.apply(change("definition", ID, None, promise(timeout=5)))
    before = node.files()
    lines = node.ask(
        change("definition", OTHER, None, daily()),
        change("definition", ID, promise(), promise(timeout=9)),
        change("storage", "nas", None, STORAGE),
    )
    assert outcomes(lines) == [(OTHER, "done"), (ID, "stale"), ("nas", "skipped")]
    assert lines[1]["attributes"] == promise(timeout=5)
    assert "timeout" in lines[1]["message"]
    after = node.files()
    name = f"etc/holdfast/prg/definitions/{ID}.json"
    assert after[name] == before[name]
    assert not (node.root / "mnt/nas").exists()


def test_the_first_failure_stops(node: Installed) -> None:
    bad = {**STORAGE, "place": "/not/there/at/all"}
    lines = node.ask(
        change("storage", "one", None, STORAGE),
        change("storage", "two", None, bad),
        change("definition", ID, None, promise()),
    )
    assert outcomes(lines) == [("one", "done"), ("two", "failed"), (ID, "skipped")]
    assert "make or mount it first" in lines[1]["message"]


@pytest.mark.parametrize(
    ("kind", "name", "after"),
    [
        ("storage", "nas", {**STORAGE, "kind": "dataset"}),
        ("storage", "nas", {**STORAGE, "place": "/mnt/../etc"}),
        ("storage", "nas", {**STORAGE, "place": "mnt"}),
        ("storage", "nas", {**STORAGE, "extra": 1}),
        ("secret", "key", SECRET),
        ("secret", "key", {"present": True, "version": "1"}),
        ("reader", "", {"key": 'ssh-rsa AAAA" command="sh', "forwards": []}),
        ("reader", "", {"key": "ssh-rsa AAAA\nssh-rsa BBBB", "forwards": []}),
        ("reader", "", {"key": "ssh-rsa AAAA", "forwards": ['a:22",command="sh']}),
        ("definition", ID, promise(server="web02")),
        ("definition", ID, promise(cron=["30 3 * * 0 root id\n* * * * *"])),
        ("definition", ID, promise(cron=["@daily"])),
        ("definition", ID, promise(active=False)),
        ("definition", ID, promise(storage="../x")),
        ("definition", ID, {}),
    ],
)
def test_what_cannot_be_is_refused(
    node: Installed, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, after: Any
) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(node.root))
    asked = request.parse(node.request(change(kind, name, None, after)))
    (line,) = apply.carry_out(asked, asked.ops)
    assert line["status"] == "failed"
    assert line["message"]
    assert not (node.root / "etc/cron.d/holdfast-prg").exists()


def test_one_apply_at_a_time_and_the_owner_is_named(node: Installed) -> None:
    holder = node.start("rpc")
    assert holder.stdin
    assert holder.stdout
    # The holder waits for us at its first outcome: a pipe holds no more than 64 KiB.
    long = [change("definition", ID, None, promise(description="x" * 900_000))]
    holder.stdin.write(node.request(*long))
    holder.stdin.close()
    assert b"hello" in holder.stdout.readline()
    assert holder.stdout.read(9) == b'{"type": '
    code, lines, _ = node.run(node.request(change("storage", "nas", None, STORAGE)))
    assert code == 1
    assert lines[-1]["code"] == "locked"
    assert "ci@runner-7, https://ci.example.net/7, since 20" in lines[-1]["message"]
    assert str(holder.pid) in lines[-1]["message"]
    assert node.run(node.request({"op": "read"}))[0] == 0
    holder.stdout.read()
    holder.stdout.close()
    assert holder.wait(30) == 0
    if holder.stderr:
        holder.stderr.close()
    node.apply(change("storage", "nas", None, STORAGE))


def test_a_secret_is_told_to_nobody(node: Installed) -> None:
    extra = {"extra": {"value": CANARY}}
    lines = node.ask(
        change("secret", "lm-1.api_key", None, SECRET, **extra),
        {"op": "read", "secrets": {"lm-1.api_key": {"salt": "s", "hmac": "0"}}},
        {"op": "status"},
        change("secret", "other", {"x": 1}, SECRET, **extra),
    )
    assert outcomes(lines) == [("lm-1.api_key", "done"), ("other", "stale")]
    assert CANARY not in json.dumps(lines)
    holders = [name for name, content in node.files().items() if CANARY.encode() in content]
    assert holders == ["etc/holdfast/prg/secrets/lm-1.api_key"]
    refused = node.run(node.request({"op": "x", **extra}))
    assert CANARY not in str(refused)

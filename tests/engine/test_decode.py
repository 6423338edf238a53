"""Answers of nodes to values: whatever a node says ends as an Actual or as Unexpected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.samples import HELLO
from holdfast.engine import decode
from holdfast.engine.status import node_status
from holdfast.engine.stock import stock
from holdfast.errors import Unexpected
from holdfast.plan.actual import Applied
from holdfast.plan.resource import Address

BACKUP = {
    "backup": "daily-1",
    "created": "2026-11-21T02:00:00Z",
    "size": 9,
    "sequence": 1,
    "status": "ok",
    "locked": False,
    "base": None,
}
RESOURCE = {
    "type": "resource",
    "kind": "definition",
    "name": "daily@web01:1",
    "attributes": {"x": 1},
    "applied": {"x": 2},
    "backups": [BACKUP],
}
PROBLEM = {
    "type": "problem",
    "kind": "agent",
    "name": "",
    "what": "w",
    "hint": "h",
    "severity": "error",
}
STORED = {
    "type": "backup",
    "name": "web01:1/daily-1",
    "storage": "nas",
    "definition": "daily@web01:1",
    "status": "ok",
    "created": "2026-11-21T02:00:00Z",
    "size": 9,
    "sha256": "00",
    "owned": True,
    "locked": False,
    "fault": "",
    "sequence": 1,
    "base": None,
    "file": "daily-1.img",
    "consistency": "none",
    "freeze": "failed",
    "locks": [{"origin": "hand", "reason": "r", "until": None, "owner": "o"}],
    "note": "",
    "verified": None,
    "approved": False,
}
STATUS = {
    "type": "status",
    "definition": "daily@web01:1",
    "active": True,
    "last": {"status": "success", "ended": "2026-11-21T02:00:00Z"},
    "last_good": None,
    "served": None,
    "next": None,
    "backups": 3,
    "lost": 1,
    "waiting": 1,
    "since": "2026-11-20T02:00:00Z",
    "expected": "2026-11-21T02:00:00Z",
}
CRON = {"type": "cron", "seen": None, "installed": "2026-11-21T02:00:00Z"}
DEVICE = {
    "type": "device",
    "name": "lm-1",
    "firmware": "7.2.63.2.1.RELEASE",
    "read": "2026-11-21T02:00:00Z",
    "certificate_ends": "2026-12-01T02:00:00Z",
    "api_keys": 3,
    "plain_ftp": True,
}
SILENT = {"type": "silent", "name": "lm-2", "status": "timeout", "message": "no answer"}
CHAIN = {
    "type": "chain",
    "definition": "daily@web01:1",
    "newest": "daily-20261121_020000",
    "snapshots": ["7"],
}
SNAPSHOTS = {
    "type": "snapshots",
    "dataset": "tank/web01",
    "read": "2026-11-21T02:00:00Z",
    "guids": {"daily-20261121_020000": "7"},
}
# What a node could put in the place of any value.
ODD = st.sampled_from([None, True, -1, 1.5, "", "\x1b[2J", "x" * 9999, [], {}, [[1]], {"a": [{}]}])


def test_a_whole_answer_is_an_actual() -> None:
    found = decode.actual("n1", [HELLO, RESOURCE, PROBLEM])
    address = Address("node", "n1", "definition", "daily@web01:1")
    assert found.resources[0].address == address
    assert found.applied == {address: Applied({"x": 2})}
    assert found.backups[address][0].name == "daily-1"
    assert str(found.problems[0]) == "node/n1/agent: w (h)"


def test_what_was_applied_and_is_gone_is_no_resource() -> None:
    found = decode.actual("n1", [HELLO, {**RESOURCE, "attributes": None, "backups": []}])
    assert found.resources == ()
    assert len(found.applied) == 1


@pytest.mark.parametrize(
    "line",
    [
        {**CHAIN, "snapshots": [7]},
        {**CHAIN, "snapshots": "7"},
        {**CHAIN, "newest": None},
        {**SNAPSHOTS, "guids": {"x": None}},
        {**SNAPSHOTS, "guids": ["7"]},
        {**SNAPSHOTS, "read": "yesterday"},
    ],
)
def test_what_a_chain_goes_on_from_is_told_in_full_or_refused(line: dict[str, Any]) -> None:
    found = decode.actual("n1", [HELLO, CHAIN, SNAPSHOTS])
    address = Address("node", "n1", "definition", "daily@web01:1")
    assert found.chains[address].snapshots == {"7"}
    assert found.snapshots["tank/web01"].guids == {"daily-20261121_020000": "7"}
    with pytest.raises(Unexpected):
        decode.actual("n1", [HELLO, line])


@pytest.mark.parametrize("remains", [True, False])
def test_files_without_an_agent_are_not_nothing(*, remains: bool) -> None:
    hello = {**HELLO, "agent": "absent", "remains": remains}
    found = decode.actual("n1", [hello])
    assert bool(found.facts.mute) is remains
    assert bool(found.applied) is remains
    if remains:
        for typed in (stock, node_status):
            with pytest.raises(Unexpected, match="no agent to read them; apply brings it back"):
                typed("n1", [hello])
    else:
        assert stock("n1", [hello]).backups == ()
        assert node_status("n1", [hello]).rows == ()


@settings(max_examples=150)
@given(data=st.data())
def test_odd_members_are_typed_or_refused(data: st.DataObject) -> None:
    """Whatever comes through can be sorted, counted and shown without a traceback."""
    typed, lines = data.draw(
        st.sampled_from(
            [
                (decode.actual, [HELLO, RESOURCE, PROBLEM, DEVICE, SILENT, CHAIN, SNAPSHOTS]),
                (stock, [HELLO, STORED, STORED, PROBLEM]),
                (node_status, [HELLO, STATUS, CRON, PROBLEM, DEVICE, SILENT]),
            ]
        )
    )
    copies: list[dict[str, Any]] = [dict(line) for line in lines]
    line = data.draw(st.sampled_from(copies))
    member = data.draw(st.sampled_from(sorted(line)))
    if data.draw(st.booleans()):
        del line[member]
    elif member == "backups" and data.draw(st.booleans()):
        line[member] = [{**BACKUP, data.draw(st.sampled_from(sorted(BACKUP))): data.draw(ODD)}]
    else:
        line[member] = data.draw(ODD)
    if "type" not in line:
        return  # the transport lets no such line through
    try:
        found = typed("n1", copies)
    except Unexpected:
        return
    for held in getattr(found, "backups", ()):
        assert isinstance(found.backups, dict) or isinstance(held.size, int)
    sorted(getattr(found, "backups", ()))

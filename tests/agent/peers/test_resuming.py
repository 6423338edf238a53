"""Tokens that a peer shows: only a stream of its own goes on, and never in the clear."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from agent.desk import definition
from agent.zfs.played import DISK, GUID, KEEPER, disk, script
from agent.zfs.test_resumetoken import FULL, PLAIN
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.layout import Layout
from holdfast.agent.peers import grant
from holdfast.agent.peers.outlet import Outlet
from holdfast.agent.peers.served import Snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.scripted import Script

__all__ = ["script"]


def ask(folder: Path, token: str) -> bytes:
    """Ask the door's side of a session to go on with a token; return what it sends."""
    source = {"kind": "dataset", "place": DISK, "node": "cn01"}
    granted = grant.of_attributes(definition(source=source, type="dataset"))
    typed = grant.from_fields("weekly@web01:2", Fields(granted, "the grant"))
    out = io.BytesIO()
    with Snapshots(Layout("prg", str(folder)), typed, ("prg",), (KEEPER,)) as served:
        served.answer("resume", Fields({"token": token}, "the request"), Outlet(out))
    return out.getvalue()


def test_its_own_stream_goes_on(script: Script, tmp_path: Path) -> None:
    script.answer(f"send -t {FULL}", "the rest")
    assert b"the rest" in ask(tmp_path, FULL)


def test_a_snapshot_that_it_does_not_keep_is_not_sent(script: Script, tmp_path: Path) -> None:
    disk(script, "aes-256-gcm", GUID[:-1])
    with pytest.raises(Failed, match="nothing goes on by a token"):
        ask(tmp_path, FULL)
    assert not [words for words, _ in script.called("send") if "-t" in words]


def test_an_encrypted_disk_is_not_sent_in_the_clear(script: Script, tmp_path: Path) -> None:
    disk(script, "off", GUID)
    with pytest.raises(Failed, match="nothing goes on by a token"):
        ask(tmp_path, FULL)  # which is raw
    with pytest.raises(Failed, match="nothing goes on by a token"):
        ask(tmp_path, PLAIN)
    assert not [words for words, _ in script.called("send") if "-t" in words]

"""Raw sends and streams that go on, on a scripted `zfs`: what it is asked, what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import made, typed
from agent.zfs.played import DISK, GUID, NAME, PLAIN, WANTED, disk, listed, opened
from agent.zfs.scripted import FUSE_RECEIVE, FUSE_SEND, Script, ask_anew, renamed
from agent.zfs.test_resumetoken import FULL
from holdfast.agent.backups import listing
from holdfast.agent.backups.listing import Backup
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import footing, resumption
from holdfast.agent.stores.chain import Chain
from holdfast.agent.subject import Disk
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.sources.seam import Origin

CHAIN = "b/h/web01/disk2"
INCOMING = CHAIN + ".incoming"


def token(script: Script, text: str, *, once: bool = False) -> None:
    """Have a stream into the new chain have broken off."""
    asked = f"get -H -p -o property,value receive_resume_token {INCOMING}"
    script.answer(asked, f"receive_resume_token\t{text}\n", once=once)


def settle(origin: Origin) -> str:
    return resumption.settle(Chain("b/h", "web01/disk2"), origin, typed(), PLAIN)


def snapshot(name: str = NAME, guid: str = GUID) -> Snapshot:
    return Snapshot(CHAIN, name, guid, 3, "", "", "")


def test_an_encrypted_disk_is_sent_raw(script: Script, origin: Origin) -> None:
    script.answer(f"send -w -i @base {DISK}@{NAME}", "stream")
    (taken,) = origin.kept()
    with origin.sending(taken, snapshot("base", "1"), PLAIN) as flow:
        assert b"".join(flow.blocks) == b"stream"
    assert origin.raw
    assert script.called("send") == [(["send", "-w", "-i", "@base", f"{DISK}@{NAME}"], 0)]


def before(*, raw: bool) -> list[Backup]:
    return [Backup("web01:2/x", made(snapshot=GUID, file="", raw=raw), listing.OK)]


def test_a_raw_chain_goes_on_raw(origin: Origin) -> None:
    found = footing.find(snapshot(), before(raw=True), origin, typed())
    assert (found.base and found.base.guid, found.why) == (GUID, "")


def test_a_chain_in_the_clear_ends_where_the_disk_is_encrypted(origin: Origin) -> None:
    found = footing.find(snapshot(), before(raw=False), origin, typed())
    assert found == (None, "the dataset is encrypted by ZFS now, so it is sent raw")


def test_a_raw_chain_never_goes_on_in_the_clear(script: Script, tmp_path: Path) -> None:
    disk(script, "off", GUID)
    with (
        opened(tmp_path) as origin,
        pytest.raises(Failed, match="is not encrypted by ZFS any more, and its backups so far are"),
    ):
        footing.find(snapshot(), before(raw=True), origin, WANTED)


@pytest.mark.parametrize("newest", [None, snapshot(guid="8")])
def test_a_disk_sent_raw_is_not_sent_in_the_clear_where_its_chain_cannot_tell(
    script: Script, tmp_path: Path, newest: Snapshot | None
) -> None:
    disk(script, "off", GUID)
    ahead = made(created=datetime(2036, 1, 1, tzinfo=UTC), snapshot="6", file="")  # a wrong clock
    known = [Backup("web01:2/w", ahead, listing.OK), *before(raw=True)]
    with (
        opened(tmp_path) as origin,
        pytest.raises(Failed, match="is not encrypted by ZFS any more"),
    ):
        footing.find(newest, known, origin, WANTED)


def test_another_machine_that_had_the_name_may_have_been_sent_raw(
    script: Script, tmp_path: Path
) -> None:
    disk(script, "off", "4711")
    new = WANTED._replace(subject=Disk("web01", 2, "another machine"))
    with opened(tmp_path) as origin:
        found = footing.find(snapshot(), before(raw=True), origin, new)
    assert found == (None, "no snapshot of the source is one of the chain's")


@pytest.mark.parametrize("parent", ["off", "aes-256-gcm"])
def test_without_any_manifest_what_lies_encrypted_alone_was_sent_raw(
    script: Script, tmp_path: Path, parent: str
) -> None:
    disk(script, "off", GUID)
    told = f"{CHAIN}\tguid\t7\n{CHAIN}\ttype\tvolume\n{CHAIN}\tencryption\taes-256-gcm\n"
    told += told.replace(CHAIN, WANTED.place).replace("aes-256-gcm", parent)
    script.answer("get -H -p -o name,property,value guid,type,encryption", told)
    with opened(tmp_path) as origin:
        if parent == "off":
            with pytest.raises(Failed, match="is not encrypted by ZFS any more"):
                footing.find(snapshot(guid="8"), [], origin, WANTED)
        else:  # the storage itself is encrypted: all in it is
            found = footing.find(snapshot(guid="8"), [], origin, WANTED)
            assert found == (None, f"no manifest tells what @{NAME} is")


def test_a_zfs_without_raw_streams_gets_none(script: Script, origin: Origin) -> None:
    script.usage(FUSE_SEND, FUSE_RECEIVE)
    ask_anew()
    with pytest.raises(Failed, match="cannot receive it raw"):
        footing.find(None, [], origin, typed())


def test_a_stream_of_ours_that_broke_off_is_finished(script: Script, origin: Origin) -> None:
    token(script, renamed(FULL, NAME))
    script.answer(f"send -t {renamed(FULL, NAME)}", "the rest")
    script.answer(f"receive -u -s {INCOMING}@{NAME}")
    script.answer("get -H -p -r -o", listed(f"{INCOMING}@{NAME}", GUID))
    script.answer(
        f"get -H -p -o property,value readonly,canmount {INCOMING}", "readonly\ton\ncanmount\t-\n"
    )
    assert settle(origin) == f"{NAME} had broken off and was finished"
    assert script.called("send") == [(["send", "-t", renamed(FULL, NAME)], 0)]
    words = ["receive", "-u", "-s", f"{INCOMING}@{NAME}"]
    assert script.called("receive") == [(words, len("the rest"))]
    # It may have broken off before that.
    assert script.called("hold") == [(["hold", "holdfast", f"{DISK}@{NAME}"], 0)]


def test_one_whose_snapshot_is_gone_is_cleared_away(script: Script, tmp_path: Path) -> None:
    token(script, renamed(FULL, NAME))
    disk(script, "aes-256-gcm", "4711")
    script.answer(f"receive -A {INCOMING}")
    with opened(tmp_path) as origin:
        told = settle(origin)
    assert told == f"what had come of {NAME} before it broke off was cleared away"
    assert script.called("receive") == [(["receive", "-A", INCOMING], 0)]


def test_that_of_another_definition_is_cleared_away(script: Script, origin: Origin) -> None:
    token(script, renamed(FULL, NAME))
    script.answer(f"receive -A {INCOMING}")
    chain = Chain("b/h", "web01/disk2")
    assert "was cleared away" in resumption.settle(chain, origin, typed(definition="daily"), PLAIN)
    assert script.called("send") == []


def test_what_was_sent_raw_is_not_gone_on_with_in_the_clear(script: Script, tmp_path: Path) -> None:
    token(script, renamed(FULL, NAME))
    disk(script, "off", GUID)
    script.answer(f"receive -A {INCOMING}")
    with opened(tmp_path) as origin:
        assert "was cleared away" in settle(origin)
    assert script.called("send") == []


def test_a_strangers_is_left_alone(script: Script, origin: Origin) -> None:
    token(script, FULL)
    with pytest.raises(Failed, match="holds part of a stream of a/enc@one, which is none of its"):
        settle(origin)
    assert script.called("receive") == []


@pytest.mark.parametrize("further", [False, True])
def test_one_that_comes_no_further_begins_anew(
    script: Script,
    origin: Origin,
    further: bool,  # noqa: FBT001
) -> None:
    token(script, renamed(FULL, NAME) if not further else renamed(FULL, NAME, 9))
    token(script, renamed(FULL, NAME), once=True)
    script.answer(f"send -t {renamed(FULL, NAME)}", "the")
    script.answer(f"receive -u -s {INCOMING}@{NAME}", errors="cannot receive: incomplete stream")
    script.answer(f"receive -A {INCOMING}")
    with pytest.raises(Failed, match=r"incomplete stream$"):
        settle(origin)
    assert (["receive", "-A", INCOMING] in [words for words, _ in script.called("receive")]) == (
        not further
    )


def test_without_tokens_nothing_is_asked(script: Script, origin: Origin) -> None:
    script.usage(FUSE_SEND, FUSE_RECEIVE)
    ask_anew()
    assert settle(origin) == ""
    asked = [words for words, _ in script.called("get")]
    assert not any("receive_resume_token" in words for words in asked)

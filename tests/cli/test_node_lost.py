"""A node that lost what it knew of itself: its backups are told and restored from the storage."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.shelf import IMAGE, TARGET, listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

OVER = ("--to", TARGET, "--yes-destroy", TARGET)


@pytest.mark.parametrize("lost", ["var/lib/holdfast", "etc/holdfast", "opt/holdfast", "all"])
def test_everything_is_listed_and_restored_from_the_storage_alone(settled: Desk, lost: str) -> None:
    image = settled.node(IMAGE)
    content = image.read_bytes()
    first, second = made(settled), made(settled)
    before = listed(settled)
    for folder in ("var/lib/holdfast", "etc/holdfast", "opt/holdfast", "run/holdfast"):
        if lost in (folder, "all"):
            shutil.rmtree(settled.node(f"n1/{folder}"))
    if lost == "all":
        settled.node("n1/etc/cron.d/holdfast-lab").unlink()
    settled.apply()
    known = lost not in ("etc/holdfast", "all")  # the key that signed them lay there
    after = listed(settled)
    assert [b | {"fault": "", "vouched": True} for b in after] == before
    assert all((b["fault"] == "") == b["vouched"] == known for b in after)
    image.write_bytes(content[::-1])
    trust = () if known else ("--accept", "unsigned")
    settled.ok("backup", "verify", first, *trust)
    settled.ok("backup", "restore", first, *OVER, *trust)
    assert image.read_bytes() == content
    third = made(settled)
    told = {b["name"]: b["sequence"] for b in listed(settled)}
    assert [told[name] for name in (first, second, third)] == [1, 2, 3]


def test_until_it_is_set_up_anew_what_it_lost_is_told(settled: Desk) -> None:
    name = made(settled)
    settled.node("n1/etc/holdfast/lab/storages/local.json").unlink()
    what = "node/n1/storage/local: it is not set up on this node, so what it holds is not told"
    for words in (("list",), ("verify", "--all"), ("show", name)):
        ran = settled.run("backup", *words)
        assert (ran.code, what in ran.err) == (1, True), ran
    for folder in ("etc", "opt", "var/lib"):
        shutil.rmtree(settled.node(f"n1/{folder}/holdfast"))
    settled.node("n1/etc/cron.d/holdfast-lab").unlink()
    drifted = settled.run("drift")
    gone = "(node n2 says so), and nothing of Holdfast is on it: "
    assert (drifted.code, gone in drifted.out) == (2, True), drifted
    ran = settled.run("backup", "list")
    what = "node/n1: no agent of ours is there, so what its storages hold is not told"
    assert (ran.code, what in ran.err) == (1, True), ran
    settled.apply()
    assert "nothing of Holdfast" not in settled.ok("drift").out
    assert [row["name"] for row in listed(settled)] == [name]

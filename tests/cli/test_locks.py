"""Locks of the inventory: planned, applied, kept apart from those by hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.desk import consent
from cli.shelf import ID, artefact, listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


def lock(desk: Desk, name: str, **more: str) -> None:
    desk.inventory["locks"] = [{"backup": name, "reason": "audit 2026-7", **more}]


def origins(desk: Desk) -> list[str]:
    (row,) = listed(desk)
    return [held["origin"] for held in row["locks"]]


def test_a_lock_of_the_inventory_comes_and_goes_beside_one_by_hand(settled: Desk) -> None:
    name = made(settled)
    settled.ok("backup", "lock", name, "--reason", "mine")
    assert settled.ok("plan", "--detailed-exitcode").code == 0
    lock(settled, name, until="2999-01-31")
    settled.write()
    assert f"node/n1/lock/{name}" in settled.ok("plan").out
    settled.apply()
    assert settled.ok("plan", "--detailed-exitcode").code == 0
    assert origins(settled) == ["hand", "inventory"]
    settled.ok("backup", "unlock", name)
    assert "take it out of the inventory" in settled.run("backup", "unlock", name).err
    refused = settled.run("backup", "delete", name, "--yes-destroy", name)
    assert (refused.code, "until 2999-02-01T00:00:00Z (audit 2026-7" in refused.err) == (1, True)
    del settled.inventory["locks"]
    settled.apply()
    assert origins(settled) == []
    settled.ok("backup", "delete", name, "--yes-destroy", name)


def test_a_lock_that_somebody_takes_away_is_drift(settled: Desk) -> None:
    name = made(settled)
    lock(settled, name)
    settled.apply()
    stem = artefact(settled, name).name.partition(".")[0]
    (artefact(settled, name).parent / f"{stem}.state.json").unlink()
    ran = settled.run("drift")
    assert (ran.code, f"node/n1/lock/{name}" in ran.out) == (2, True)
    settled.apply()
    assert settled.run("drift").code == 0
    assert origins(settled) == ["inventory"]


def test_a_backup_that_is_not_there_cannot_be_locked(settled: Desk) -> None:
    lock(settled, "web01:1/daily-20260101_000000")
    settled.write()
    ran = settled.run("apply", "--auto-approve")
    assert (ran.code, "there is no backup" in ran.out + ran.err) == (3, True)


def test_a_lock_over_its_end_asks_for_nothing_once_its_backup_is_gone(settled: Desk) -> None:
    name = made(settled)
    lock(settled, name, until="2026-01-01")
    settled.apply()
    settled.ok("backup", "delete", name, "--yes-destroy", name)
    assert settled.ok("plan", "--detailed-exitcode").code == 0


def test_unlocking_what_rotation_would_drop_is_a_loss(settled: Desk) -> None:
    name = made(settled)
    settled.inventory["definitions"][0]["retention"] = 2
    lock(settled, name)
    settled.apply()
    made(settled)
    made(settled)
    assert len(listed(settled, "--definition", ID)) == 3
    del settled.inventory["locks"]
    settled.write()
    plan = settled.ok("plan")
    assert "backups lost: 1" in plan.out
    assert settled.run("apply", "--auto-approve").code == 10


def forget(desk: Desk) -> None:
    """Take the definition daily@web01:1 out of the inventory, and agree that it is forgotten."""
    del desk.inventory["definitions"][0]
    word = consent(desk.write().ok("plan").out, "forget")
    desk.ok("apply", "--auto-approve", "--accept", word)
    assert desk.ok("plan", "--detailed-exitcode").code == 0


def test_a_lock_outranks_forgetting_its_definition(settled: Desk) -> None:
    name = made(settled)
    settled.ok("backup", "lock", name, "--reason", "audit 2026-7")
    forget(settled)
    (row,) = listed(settled)
    assert (row["name"], row["status"], row["owned"], row["locked"]) == (name, "ok", False, True)
    assert [(held["origin"], held["reason"]) for held in row["locks"]] == [("hand", "audit 2026-7")]
    assert "unowned" in settled.ok("backup", "list").out
    assert "audit 2026-7" in settled.ok("backup", "show", name).out
    refused = settled.run("backup", "delete", name, "--yes-destroy", name)
    assert (refused.code, "is locked (audit 2026-7" in refused.err, refused.out) == (1, True, "")
    assert [row["name"] for row in listed(settled)] == [name]
    settled.ok("backup", "verify", name)
    settled.ok("backup", "unlock", name)
    settled.ok("backup", "delete", name, "--yes-destroy", name)
    assert listed(settled) == []


def test_what_the_inventory_locks_is_not_forgotten_before_it_is_unlocked(settled: Desk) -> None:
    name = made(settled)
    lock(settled, name)
    settled.apply()
    definition = settled.inventory["definitions"].pop(0)
    ran = settled.write().run("apply", "--auto-approve")
    assert (ran.code, f"no definition `{definition['name']}@web01:1`" in ran.err) == (1, True)
    settled.inventory["definitions"].insert(0, definition)
    settled.write()
    (row,) = listed(settled)
    assert (row["owned"], row["locked"], origins(settled)) == (True, True, ["inventory"])
    settled.ok("backup", "lock", name, "--reason", "still")
    del settled.inventory["locks"]
    forget(settled)
    assert origins(settled) == ["hand"]
    refused = settled.run("backup", "delete", name, "--yes-destroy", name)
    assert (refused.code, "is locked" in refused.err) == (1, True)


def test_losing_the_node_s_memory_keeps_the_locks(settled: Desk) -> None:
    name = made(settled)
    lock(settled, name)
    settled.apply()
    shutil.rmtree(settled.node("n1/var/lib/holdfast"))
    assert origins(settled) == ["inventory"]
    settled.apply()
    assert settled.ok("plan", "--detailed-exitcode").code == 0


def test_a_lock_in_a_storage_that_is_away_is_taken_for_what_it_was(settled: Desk) -> None:
    name = made(settled)
    lock(settled, name)
    settled.apply()
    settled.node("n1/backup").rename(settled.node("n1/away"))
    ran = settled.run("plan")
    assert (ran.code, "0 to create, 0 to update, 0 to forget" in ran.out) == (1, True), ran.out
    assert "what it keeps cannot be told" in ran.err + ran.out

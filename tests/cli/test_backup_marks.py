"""Locks, notes, deletion and lists of backups, as a user types them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.shelf import ID, artefact, listed, made, unsign

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


def test_a_lock_by_hand_is_told_of_and_keeps_a_backup(settled: Desk) -> None:
    name = made(settled)
    for day, fault in (("soon", "is not a day"), ("2020-01-31", "is over")):
        ran = settled.run("backup", "lock", name, "--reason", "audit", "--until", day)
        assert (ran.code, "Invalid value for '--until': " in ran.err, fault in ran.err) == (
            64,
            1,
            1,
        )
    settled.ok("backup", "lock", name, "--reason", "audit", "--until", "2999-01-31")
    (row,) = listed(settled)
    (lock,) = row["locks"]
    assert row["locked"] is True
    assert (lock["origin"], lock["reason"], lock["until"]) == (
        "hand",
        "audit",
        "2999-02-01T00:00:00Z",
    )
    assert "by hand until 2999-02-01T00:00:00Z: audit" in settled.ok("backup", "show", name).out
    refused = settled.run("backup", "delete", name, "--yes-destroy", name)
    assert (refused.code, "is locked until" in refused.err) == (1, True)
    settled.ok("backup", "unlock", name)
    assert listed(settled)[0]["locks"] == []
    settled.ok("backup", "delete", name, "--yes-destroy", name)
    assert listed(settled) == []
    assert list(settled.node("n1/backup/web01/disk1").iterdir()) == []


def test_what_is_not_meant_is_not_deleted(settled: Desk) -> None:
    name = made(settled)
    for words in ((), ("--yes-destroy", "web01:1"), ("--yes-destroy", name + "x")):
        assert settled.run("backup", "delete", name, *words).code in (1, 64)
    unknown = "web01:1/daily-20200101_000000"
    ran = settled.run("backup", "delete", unknown, "--yes-destroy", unknown)
    assert (ran.code, f"there is no backup {unknown}" in ran.err) == (1, True)
    assert [row["name"] for row in listed(settled)] == [name]


def test_a_base_that_is_needed_stays(settled: Desk) -> None:
    base, needing = made(settled), made(settled)
    unsign(settled, needing, kind="incremental", base=base.rpartition("/")[2])
    ran = settled.run("backup", "delete", base, "--yes-destroy", base)
    assert (ran.code, f"is the base of {needing}" in ran.err) == (1, True)


def test_a_note_is_one_line_of_at_most_128_characters(settled: Desk) -> None:
    name = made(settled)
    settled.ok("backup", "note", name, "before the migration")
    assert "before the migration" in settled.ok("backup", "list").out
    for words in (("note", name), ("lock", name, "--reason")):
        argument = f"Invalid value for '{words[2]}'" if words[2:] else "Invalid value for 'TEXT'"
        ran = settled.run("backup", *words, "x" * 129)
        assert (ran.code, f"{argument}: has 129 characters: give at most 128" in ran.err) == (64, 1)
        ran = settled.run("backup", *words, "two\nlines")
        assert (ran.code, f"{argument}: holds a line break" in ran.err) == (64, True)
    assert settled.run("backup", "lock", name, "--reason", "").code == 64
    assert listed(settled)[0]["note"] == "before the migration"
    settled.ok("backup", "note", name, "")
    assert listed(settled)[0]["note"] == ""


def test_another_inventory_s_backup_is_read_and_never_changed(settled: Desk) -> None:
    name = made(settled)
    unsign(settled, name, inventory="other")
    for words in (
        ("delete", name, "--yes-destroy", name),
        ("lock", name, "--reason", "mine"),
        ("note", name, "mine"),
    ):
        ran = settled.run("backup", *words)
        assert (ran.code, "of the inventory other" in ran.err) == (1, True)
    assert "unowned" in settled.ok("backup", "list").out
    settled.ok("backup", "show", name)


def test_lists_are_filtered_and_sorted(settled: Desk) -> None:
    first, other = made(settled), made(settled, "daily@db01:1")
    artefact(settled, first).unlink()

    def names(*words: str) -> list[str]:
        return [row["name"] for row in listed(settled, *words)]

    assert names() == [other, first]
    assert names("--server", "web01") == names("--node", "n1") == [first]
    assert names("--status", "lost") == names("--definition", ID) == [first]
    assert names("--status", "ok") == names("--server", "db01", "--disk", "1") == [other]
    assert names("--definition", "daily", "--type", "file") == [other, first]
    assert names("--type", "dataset") == names("--smaller", "1kB") == []
    assert names("--since", "2999-01-01") == []
    assert names("--since", "1h", "--larger", "16kB") == [other, first]
    assert names("--until", "2026-01-01") == names("--storage", "nas") == []
    assert names("--sort", "created")[0] == other
    for flag, value, fault in (
        ("--since", "soon", "'soon' is no time (such as 2026-11-01, "),
        ("--until", "soon", "'soon' is no time (such as 2026-11-01, "),
        ("--larger", "-5", "'-5' is negative (such as 100MB)"),
    ):
        ran = settled.run("backup", "list", flag, value)
        said = f"Invalid value for '{flag}': {fault}"
        assert (ran.code, said in ran.err) == (64, True), ran


def test_losing_the_node_s_memory_loses_no_backup(settled: Desk) -> None:
    name = made(settled)
    shutil.rmtree(settled.node("n1/var/lib/holdfast"))
    shutil.rmtree(settled.node("n1/run"))
    (row,) = listed(settled)
    assert (row["name"], row["status"], row["owned"]) == (name, "ok", True)
    settled.ok("backup", "verify", name)
    settled.node("n1/images/web.raw").write_bytes(b"")
    settled.ok("backup", "restore", name, "--to-file", "/images/new.raw")
    assert settled.node("n1/images/new.raw").read_bytes() == artefact(settled, name).read_bytes()


def test_two_of_one_name_are_told_apart(settled: Desk) -> None:
    name = made(settled)
    shutil.copytree(
        settled.node("n1/backup/web01"), settled.node("n2/backup/web01"), dirs_exist_ok=True
    )
    ran = settled.run("backup", "show", name)
    assert (ran.code, "n1/local, n2/local: say which" in ran.err) == (1, True)
    assert "n2, storage local" in settled.ok("backup", "show", name, "--node", "n2").out

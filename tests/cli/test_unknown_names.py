"""Names on the command line that nobody knows: said in one line, never taken for an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.desk import consent
from cli.shelf import ID, listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

NAME = "web01:1/daily-20261101_020000"
ON_ONE = {
    "cancel": (ID,),
    "list": (),
    "show": (NAME,),
    "log": ("lm1",),
    "diff": (NAME, NAME),
    "verify": ("--all",),
    "download": (NAME,),
    "restore": (NAME, "--to", "web01:1"),
    "delete": (NAME,),
    "lock": (NAME, "--reason", "x"),
    "unlock": (NAME,),
    "note": (NAME, "x"),
}


def test_every_command_says_the_same_of_an_unknown_node(settled: Desk) -> None:
    for command, words in ON_ONE.items():
        ran = settled.run("backup", command, *words, "--node", "n9")
        assert ran == (1, "", "there is no node n9 in the inventory\n"), command
    ran = settled.run("import", "crontab", "n9")
    assert ran == (1, "", "there is no node n9 in the inventory\n")
    device = ("https://10.0.0.1", "--connector", "n9", "--api-key", "env/KEY")
    ran = settled.run("import", "loadmaster", *device)
    assert ran == (1, "", "there is no node n9 in the inventory\n")


def test_what_is_declared_and_not_applied_says_so(settled: Desk) -> None:
    settled.inventory["definitions"].append(
        {**settled.inventory["definitions"][0], "name": "hourly"}
    )
    settled.write()
    ran = settled.run("backup", "now", "hourly@web01:1")
    said = "n1: definition hourly@web01:1 is not on this node: run `holdfast apply`\n"
    assert ran == (1, "", said)


def test_no_backup_goes_to_an_unknown_node(settled: Desk) -> None:
    name = made(settled)
    for goal in (("--to-file", "/images/new.raw"), ("--to-dataset", "zones/new")):
        ran = settled.run("backup", "restore", name, *goal, "--on", "n9")
        assert ran == (1, "", "there is no node n9 in the inventory\n")


@pytest.mark.parametrize("form", ["human", "json"])
def test_what_neither_the_inventory_nor_a_backup_names_is_an_error(
    settled: Desk, form: str
) -> None:
    made(settled)
    for what, name in (("server", "nosuch"), ("definition", "nosuch"), ("definition", f"{ID}9")):
        ran = settled.run("backup", "list", "--format", form, f"--{what}", name)
        said = f"there is no {what} {name} in the inventory, and no backup of one"
        assert ran == (1, "", f"{said}\n")
        ran = settled.run("backup", "list", f"--{what}", name, "--node", "n1", "--storage", "nas")
        assert ran == (1, "", f"{said} on n1 in nas\n")
    for words, disk in (((), "7"), (("--server", "db01"), "db01:2")):
        number = disk.rpartition(":")[2]
        ran = settled.run("backup", "list", "--format", form, *words, "--disk", number)
        said = f"there is no disk {disk} in the inventory, and no backup of one"
        assert ran == (1, "", f"{said}\n")
    for command in (("list", "--format", form), ("verify", "--all", "--format", form)):
        ran = settled.run("backup", *command, "--storage", "nosuch")
        said = "there is no storage nosuch in the inventory, and no backup there"
        assert ran == (1, "", f"{said}\n")
        ran = settled.run("backup", *command, "--storage", "nas", "--node", "n2")
        assert ran == (1, "", "storage nas is on n1, not on n2\n")


def test_what_is_declared_may_have_no_backup(settled: Desk) -> None:
    for words in (("server", "db01"), ("definition", "weekly"), ("definition", "weekly@web01:2")):
        assert listed(settled, f"--{words[0]}", words[1]) == []
        settled.ok("backup", "list", f"--{words[0]}", words[1])
    settled.ok("backup", "list", "--storage", "nas")
    assert listed(settled, "--disk", "2") == []
    assert listed(settled, "--server", "db01", "--disk", "1") == []


def test_backups_of_what_the_inventory_names_no_more_are_listed(settled: Desk) -> None:
    name = made(settled, "daily@db01:1")
    del settled.inventory["servers"]["db01"], settled.inventory["definitions"][1]
    word = consent(settled.write().ok("plan").out, "forget")
    settled.ok("apply", "--auto-approve", "--accept", word)
    for words in (("--server", "db01"), ("--definition", "daily@db01:1")):
        assert [row["name"] for row in listed(settled, *words)] == [name]
    # It is known, though another filter leaves nothing over.
    assert listed(settled, "--server", "db01", "--status", "lost") == []
    settled.ok("backup", "list", "--server", "db01", "--status", "lost")


def test_where_not_all_can_be_seen_nobody_says_that_there_is_none(settled: Desk) -> None:
    settled.node("n2").rename(settled.node("elsewhere"))
    for flag in ("--server", "--definition", "--storage"):
        ran = settled.run("backup", "list", flag, "nosuch", "--format", "json")
        assert (ran.code, ran.json["backups"], len(ran.json["unread"])) == (3, [], 1)
        assert "nosuch" not in ran.err


def test_a_new_file_has_a_path_that_the_inventory_would_take(settled: Desk) -> None:
    name = made(settled)
    before = sorted(settled.node("n1/images").iterdir())
    for path in ("/images/a\nb", "/images/\x1b[2J", "/images/\u202ex", "/images/" + "x" * 1024):
        ran = settled.run("backup", "restore", name, "--to-file", path)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.rstrip("\n").isprintable(), ran.err
        assert "such as /srv/web01.raw" in ran.err
    assert sorted(settled.node("n1/images").iterdir()) == before
    settled.ok("backup", "restore", name, "--to-file", "/images/zálohy 1.raw")
    assert settled.node("n1/images/zálohy 1.raw").exists()


def test_strange_words_of_a_user_are_said_in_one_printable_line(settled: Desk) -> None:
    name = made(settled)
    nasty = "x\x1b[2J\n\u202ey"
    shown = "x\\x1b[2J\\n\\u202ey"
    for words in (
        ("backup", "now", nasty),
        ("backup", "cancel", nasty),
        ("backup", "show", nasty),
        ("backup", "list", "--server", nasty),
        ("backup", "list", "--node", nasty),
        ("backup", "delete", name, "--yes-destroy", nasty),
        ("retention", "preview", nasty),
        ("explain", nasty),
    ):
        ran = settled.run(*words)
        assert (ran.code, ran.out, shown in ran.err) == (1, "", True), words
        assert ran.err.rstrip("\n").isprintable(), ran.err
    ran = settled.ok("backup", "download", name, "-o", nasty)
    assert ran.err.startswith(f"{shown}: ")

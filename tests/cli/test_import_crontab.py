"""`import crontab`: what is ours comes back as YAML whose plan is empty; the rest is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cli.desk import Desk

OTHERS = """\
Of Holdfast's inventory other: /etc/cron.d/holdfast-other: 0 4 * * * root \
/opt/holdfast/holdfast-agent run other daily@x:1 --due
Looks like a backup: /etc/crontab: 0 3 * * * root RESTIC_PASSWORD=*** restic backup /srv
Looks like a backup: /etc/crontab: 5 3 * * * root mysqldump -uroot -p*** --all | gzip > /x
Not ours: /etc/crontab: 17 * * * * root run-parts /etc/cron.hourly
Not ours: /etc/crontab: @daily alice curl https://bob:***@example.net/ --token=***
""".splitlines()
LOST = ("servers", "definitions", "locks")


def lose(desk: Desk) -> dict[str, Any]:
    """Take everything but the nodes out of the inventory; return what it was."""
    before = dict(desk.inventory)
    desk.inventory = {k: v for k, v in before.items() if k not in LOST}
    desk.write()
    return before


def change(desk: Desk) -> None:
    first, second, third = desk.inventory["definitions"]
    first |= {"description": "50 % of \"it\": 'x' # y", "compression": "gzip", "catch_up": "90m"}
    second |= {"active": "false", "bandwidth_limit": "5MiB/s", "timeout": "36h"}
    third |= {"consistency": "none", "sources": ["web01:*"], "queue_timeout": "59s"}
    third["schedule"] = "0 4 * * 0"


@pytest.mark.slow
@pytest.mark.parametrize("defaults", [{}, {"timezone": "Asia/Tokyo", "catch_up": "1h"}])
def test_what_is_imported_has_an_empty_plan(settled: Desk, defaults: dict[str, str]) -> None:
    change(settled)
    settled.apply()
    lose(settled)
    settled.inventory["defaults"] = defaults
    settled.write()
    for node in ("n1", "n2"):
        settled.ok("import", "crontab", node, "-o", f"inventory/{node}.yaml")
    assert "No changes: what is there" in settled.ok("plan").out
    written = settled.node("inventory/n1.yaml").read_text(encoding="utf-8")
    assert 'sources: ["web01:1", "web01:2"]' in written


def test_it_says_what_the_inventory_has_and_writes_nothing_over(settled: Desk) -> None:
    ran = settled.ok("import", "crontab", "n1")
    assert ran.out == "# Ours on node n1: 2 definitions, 0 of them not in the inventory.\n"
    settled.node("kept.yaml").write_text("mine", encoding="utf-8")
    ran = settled.run("import", "crontab", "n1", "-o", "kept.yaml")
    assert (ran.code, "is there already" in ran.err) == (1, True)
    assert settled.node("kept.yaml").read_text(encoding="utf-8") == "mine"


def test_others_are_left_alone_and_shown_without_their_secrets(settled: Desk) -> None:
    settled.node("n1/etc/crontab").write_text(
        "SHELL=/bin/sh\n# a comment\n17 *\t* * *\troot  run-parts /etc/cron.hourly\n"
        "0 3 * * * root RESTIC_PASSWORD='hunter 2' restic backup /srv\n"
        "5 3 * * * root mysqldump -uroot -phunter2 --all | gzip > /x\n"
        "@daily alice curl https://bob:hunter2@example.net/ --token=hunter2\n",
        encoding="utf-8",
    )
    settled.node("n1/etc/cron.d/holdfast-other").write_text(
        "0 4 * * * root /opt/holdfast/holdfast-agent run other daily@x:1 --due\n", encoding="utf-8"
    )
    settled.node("n1/etc/cron.d/ignored.dpkg-old").write_text("* * * * * root x\n")
    before = settled.tree()
    ran = settled.ok("import", "crontab", "n1")
    assert settled.tree() == before
    assert "hunter" not in ran.out
    lines = [line[4:] for line in ran.out.splitlines() if line.startswith("# - ")]
    assert lines == OTHERS


def test_an_entry_whose_definition_is_gone_is_shown(settled: Desk) -> None:
    settled.node("n1/etc/holdfast/lab/definitions/daily@web01:1.json").unlink()
    ran = settled.ok("import", "crontab", "n1")
    assert "# - Ours, but its definition is gone: /etc/cron.d/holdfast-lab: " in ran.out


def test_a_node_without_an_agent_or_a_name_is_told_so(fresh: Desk) -> None:
    assert "is an agent there?" in fresh.run("import", "crontab", "n1").err
    ran = fresh.run("import", "crontab", "n9")
    assert (ran.code, "no node n9" in ran.err) == (1, True)

"""What cron is told is right, absent, or wrong in words; and a read need not render to know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import promise
from holdfast.agent.cron import cronmemo, crontable, cronwrite
from holdfast.agent.layout import Layout
from holdfast.agent.setup.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "weekly@web01:2"
NODE = Node({"cron": "cron.d", "spread": "bkp01"})
PROMISES = {ID: promise(), "daily@web01:2": promise(definition="daily", cron=["1 2 * * *"])}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout("prg", str(tmp_path))
    cronwrite.write(layout, NODE, PROMISES)
    return layout


def look(layout: Layout, definitions: dict[str, dict[str, object]] = PROMISES) -> crontable.Table:
    return crontable.look(layout, NODE, definitions, ())


def rewrite(layout: Layout, edit: Callable[[str], str]) -> None:
    with open(layout.cron_file, encoding="utf-8") as file:
        text = file.read()
    with open(layout.cron_file, "w", encoding="utf-8") as file:
        file.write(edit(text))


def test_what_was_written_is_ok_with_and_without_the_memo(layout: Layout) -> None:
    for _ in range(2):
        table = look(layout)
        assert (table.verdict, table.expected) == ("ok", "ok")
        for memo in os.listdir(layout.applied):
            os.unlink(os.path.join(layout.applied, memo))


def test_the_memo_knows_nothing_else(layout: Layout) -> None:
    with open(layout.cron_file, "rb") as file:
        content = file.read()
    entries = crontable.entries(PROMISES)
    assert cronmemo.knows(layout, "bkp01", entries, content)
    assert not cronmemo.knows(layout, "bkp02", entries, content)
    assert not cronmemo.knows(layout, "bkp01", entries, content + b"\n")
    assert not cronmemo.knows(layout, "bkp01", {ID: entries[ID]}, content)


@pytest.mark.parametrize(
    ("edit", "verdict"),
    [
        (lambda text: text.replace("1 2 * * *", "1 3 * * *"), "entries changed: 1"),
        (lambda text: text.replace("1 2 * * *", "# 1 2 * * *"), "entries changed: 1"),
        (lambda text: text + "* * * * * root id\n", "lines not ours: 1"),
        (lambda text: text.replace("SHELL=/bin/sh\n", ""), "other lines missing: 1"),
        (lambda text: text.rstrip("\n"), "lines in another order or form"),
        (lambda text: text + text.splitlines()[-1] + "\n", "entries changed: 1"),
    ],
)
def test_an_edit_is_told(layout: Layout, edit: Callable[[str], str], verdict: str) -> None:
    rewrite(layout, edit)
    assert look(layout).verdict == verdict


def test_entries_too_many_and_missing_are_told(layout: Layout) -> None:
    more = {**PROMISES, "hourly@web01:2": promise(definition="hourly")}
    assert look(layout, more).verdict == "entries missing: 1"
    assert look(layout, {ID: PROMISES[ID]}).verdict == "entries too many: 1"
    table = look(layout, {})
    assert table.expected == "absent"
    assert "entries too many: 2" in table.verdict


def test_a_file_that_cron_would_ignore_is_told(layout: Layout) -> None:
    def harm(step: Callable[[], Any], words: str) -> None:
        step()
        assert words in look(layout).verdict
        cronwrite.write(layout, NODE, PROMISES)

    cron = layout.cron_file
    harm(lambda: os.chmod(cron, 0o640), "has mode 0640, not 0644")
    harm(lambda: os.chmod(cron, 0o600), "has mode 0600, not 0644")
    harm(lambda: os.link(cron, cron + "2"), "has 2 hard links")
    if os.geteuid() == 0:
        harm(lambda: os.chown(cron, 65534, 0), "is owned by user 65534")


def test_absence_is_told(layout: Layout) -> None:
    os.unlink(layout.cron_file)
    table = look(layout)
    assert (table.verdict, table.expected, table.entries) == ("absent", "ok", {})
    assert look(layout, {}).expected == "absent"


def test_more_lines_than_cron_loads_are_refused(layout: Layout) -> None:
    many = {ID: promise(cron=[f"{n % 60} {n // 60 % 24} {n // 1440 + 1} * *" for n in range(9000)])}
    with pytest.raises(Exception, match="cron ignores such a file"):
        cronwrite.write(layout, NODE, many)
    assert look(layout).verdict == "ok"

"""The agent on its node: switched, renamed, moved between crons, retired; and two side by side."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from agent.installed import (
    ID,
    Installed,
    attributes,
    built,
    change,
    promise,
    ready,
)

if TYPE_CHECKING:
    from pathlib import Path

CRONTAB = "var/spool/cron/crontabs/root"
FOREIGN = b"MAILTO=me\n# mine\n5 * * * * caf\xe9 100%\n"


def test_the_agent_is_a_link_to_what_was_brought(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path))
    link = tmp_path / "opt/holdfast/holdfast-agent"
    assert os.readlink(link) == f"agents/{built().sha256}.pyz"
    lines = node.ask({"op": "read"})
    assert attributes(lines, "agent") == node.here(cron_file="ok")


def test_an_agent_that_was_not_brought_is_refused(tmp_path: Path) -> None:
    node = Installed(tmp_path).bring()
    (line,) = node.ask(change("agent", "", None, node.here(sha256="0" * 64)))
    assert (line["status"], "send it first" in line["message"]) == ("failed", True)
    assert not (tmp_path / "etc").exists()


def test_old_agents_go_unless_used_or_just_replaced(tmp_path: Path) -> None:
    node = Installed(tmp_path).bring()
    agents = tmp_path / "opt/holdfast/agents"
    for name in ("unused.pyz", "unused.cb0d0d0a.compiled", "used.pyz", "replaced.pyz"):
        (agents / name).touch()
    (tmp_path / "opt/holdfast/holdfast-agent").symlink_to("agents/replaced.pyz")
    with (agents / "used.pyz").open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        node.apply(change("agent", "", None, node.here()))
    left = {path.name.partition(".")[0] for path in agents.iterdir()}
    assert left == {built().sha256, "used", "replaced"}


def test_an_edited_agent_is_seen(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path))
    with node.agent.open("ab") as file:
        file.write(b"x")
    told = attributes(node.ask({"op": "read"}), "agent")
    assert told["sha256"] != built().sha256


def test_two_inventories_leave_each_other_alone(tmp_path: Path) -> None:
    one, two = ready(Installed(tmp_path, "one")), ready(Installed(tmp_path, "two"))
    first = {name: content for name, content in one.files().items() if "one" in name}
    keys = tmp_path / "root/.ssh/authorized_keys"
    assert keys.read_text().count("BEGIN holdfast-") == 2
    two.apply(change("agent", "", two.here(cron_file="ok"), None))
    after = one.files()
    assert {name: after[name] for name in first} == first
    assert not [name for name in after if "two" in name]
    assert "two" not in keys.read_text()
    assert all(line["applied"] is True for line in one.ask({"op": "read"}))


def test_entries_move_between_the_crons_and_foreign_text_stays(tmp_path: Path) -> None:
    crontab, cron_d = tmp_path / CRONTAB, tmp_path / "etc/cron.d/holdfast-prg"
    crontab.parent.mkdir(parents=True)
    crontab.write_bytes(FOREIGN)
    node = ready(Installed(tmp_path), cron="crontab")
    text = crontab.read_bytes()
    assert FOREIGN in text
    assert b"30 3 * * 0 /opt/holdfast/holdfast-agent run prg " in text
    assert not cron_d.exists()
    before, after = node.here(cron="crontab", cron_file="ok"), node.here(cron_file="ok")
    lines = node.apply(change("agent", "", before, after))
    assert crontab.read_bytes() == FOREIGN
    assert cron_d.exists()
    assert attributes(lines, "definition", ID) == promise()
    node.apply(change("agent", "", after, before))
    assert crontab.read_bytes() == text
    assert not cron_d.exists()


def test_half_a_block_is_left_alone(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path), cron="crontab")
    crontab = tmp_path / CRONTAB
    broken = crontab.read_bytes().replace(b"# END holdfast-prg\n", b"")
    crontab.write_bytes(broken)
    lines = node.ask({"op": "read"})
    (problem,) = [line for line in lines if line["type"] == "problem"]
    assert "without `# END holdfast-prg`" in problem["what"]
    told = attributes(lines, "definition", ID)
    (line,) = node.ask(change("definition", ID, told, promise()))
    assert line["status"] == "failed"
    assert crontab.read_bytes() == broken

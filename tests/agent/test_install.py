"""The agent on its node: switched, renamed, moved between crons, retired; and two side by side."""

from __future__ import annotations

import fcntl
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import ID, KEY, SECRET, STORAGE, Installed, attributes, built, change, promise

if TYPE_CHECKING:
    from pathlib import Path

CRONTAB = "var/spool/cron/crontabs/root"
FOREIGN = b"MAILTO=me\n# mine\n5 * * * * caf\xe9 100%\n"


def ready(node: Installed, **changes: Any) -> Installed:
    """Set one of each kind up on a node."""
    node.bring().apply(
        change("agent", "", None, node.here(**changes)),
        change("reader", "", None, {"key": KEY}),
        change("storage", "nas", None, STORAGE),
        change("secret", "lm-1.api_key", None, SECRET, extra={"value": "x"}),
        change("definition", ID, None, promise()),
    )
    return node


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
    for name in ("unused.pyz", "unused.cb0d0d0a.zip", "used.pyz", "replaced.pyz"):
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


def test_a_retired_node_keeps_nothing_but_backups(tmp_path: Path) -> None:
    (tmp_path / "root/.ssh").mkdir(parents=True)
    keys = tmp_path / "root/.ssh/authorized_keys"
    keys.write_bytes(b"ssh-rsa AAAA me@caf\xe9")
    node = ready(Installed(tmp_path))
    assert keys.read_bytes() != b"ssh-rsa AAAA me@caf\xe9"
    backup = tmp_path / "mnt/nas/web01/disk2/weekly-20261121_033000.img"
    backup.parent.mkdir(parents=True)
    backup.write_text("data")
    lines = node.apply(
        change("definition", ID, promise(), None),
        change("secret", "lm-1.api_key", SECRET, None),
        change("storage", "nas", STORAGE, None),
        change("reader", "", {"key": KEY}, None),
        change("agent", "", node.here(cron_file="ok"), None),
    )
    assert lines == []
    assert set(node.files()) == {
        "root/.ssh/authorized_keys",
        "mnt/nas/.holdfast-storage.json",
        "mnt/nas/web01/disk2/weekly-20261121_033000.img",
    }
    assert keys.read_bytes() == b"ssh-rsa AAAA me@caf\xe9"
    for folder in ("opt", "etc", "var/lib", "run"):
        assert not list((tmp_path / folder).rglob("holdfast*"))


def test_a_retirement_that_was_killed_is_finished(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path))
    for left in ("etc/cron.d/holdfast-prg", "etc/holdfast/prg/node.json"):
        (tmp_path / left).unlink()
    there = attributes(node.ask({"op": "read"}), "agent")
    assert (there["slots"], there["cron_file"]) == (None, "absent")
    assert node.apply(change("agent", "", there, None)) == []
    assert set(node.files()) == {"root/.ssh/authorized_keys", "mnt/nas/.holdfast-storage.json"}


def test_a_node_with_runs_is_not_retired(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path))
    queue = tmp_path / "var/lib/holdfast/queue"
    queue.mkdir()
    ticket = {"inventory": "prg", "definition": ID, "run": "r", "boot": "b"}
    (queue / f"00000001-{ID}").write_text(json.dumps({**ticket, "monotonic": 1, "queued": 1}))
    before = node.files()
    (line,) = node.ask(change("agent", "", node.here(cron_file="ok"), None))
    assert (line["status"], "queued or running" in line["message"]) == ("failed", True)
    lock = {"run/holdfast/apply.lock": b""}
    assert {**node.files(), **lock} == {**before, **lock}


def test_a_renamed_inventory_is_told_under_its_old_id_and_moves_as_a_whole(tmp_path: Path) -> None:
    old = ready(Installed(tmp_path, "was"))
    new = Installed(tmp_path, "now", ("was",))
    told = new.ask({"op": "read"})
    assert told == old.ask({"op": "read"})
    assert attributes(told, "agent")["inventory"] == "was"
    files = {name.replace("was", "now") for name in old.files()}
    lines = new.apply(change("agent", "", old.here(cron_file="ok"), new.here(cron_file="ok")))
    assert set(new.files()) == files
    assert all(line["applied"] is True for line in lines)
    assert attributes(lines, "agent") == new.here(cron_file="ok")
    assert attributes(lines, "definition", ID) == promise()
    assert b"was" not in (tmp_path / "etc/cron.d/holdfast-now").read_bytes()
    assert new.ask({"op": "read"}) == lines


@pytest.mark.parametrize("moved", [["etc/holdfast"], ["etc/holdfast", "var/lib/holdfast"]])
def test_a_rename_of_an_inventory_that_was_killed_is_finished(
    tmp_path: Path, moved: list[str]
) -> None:
    ready(Installed(tmp_path, "was"))
    for parent in moved:
        (tmp_path / parent / "was").rename(tmp_path / parent / "now")
    new = Installed(tmp_path, "now", ("was",))
    there = attributes(new.ask({"op": "read"}), "agent")
    assert "of the former id is still there" in there["cron_file"]
    lines = new.apply(change("agent", "", there, new.here(cron_file="ok")))
    assert attributes(lines, "agent") == new.here(cron_file="ok")
    assert attributes(lines, "reader") == {"key": KEY}
    assert not [name for name in new.files() if "was" in name]


def test_both_ids_on_one_node_are_a_problem(tmp_path: Path) -> None:
    ready(Installed(tmp_path, "was"))
    ready(Installed(tmp_path, "now"))
    lines = Installed(tmp_path, "now", ("was",)).ask({"op": "read"})
    (problem,) = [line for line in lines if line["type"] == "problem"]
    assert "former inventory was is still here" in problem["what"]


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

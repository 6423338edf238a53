"""A node that leaves keeps nothing of its inventory but the backups."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.installed import ID, KEY, SECRET, STORAGE, Installed, attributes, change, promise, ready

if TYPE_CHECKING:
    from pathlib import Path

LOCK = {"run/holdfast/apply.lock": b""}


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
        change("reader", "", {"key": KEY, "forwards": []}, None),
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


@pytest.mark.parametrize(
    "path",
    [
        "etc/holdfast/prg/nas/.holdfast-storage.json",
        "var/lib/holdfast/prg/nas/web01/disk2/weekly-20261121_033000.json",
        "opt/holdfast/a.b-20261121_033000.json",
    ],
)
def test_a_tree_that_holds_backups_is_not_removed(tmp_path: Path, path: str) -> None:
    node = ready(Installed(tmp_path))
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("{}")
    before = node.files()
    (line,) = node.ask(change("agent", "", node.here(cron_file="ok"), None))
    assert (line["status"], path in line["message"]) == ("failed", True)
    assert {**node.files(), **LOCK} == {**before, **LOCK}


@pytest.mark.hosts
def test_what_is_mounted_in_a_tree_is_not_emptied(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path))
    mounted = tmp_path / "var/lib/holdfast/prg/disk"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", mounted], check=True)
    try:
        (mounted / "file").write_text("theirs")
        (line,) = node.ask(change("agent", "", node.here(cron_file="ok"), None))
        assert (line["status"], str(mounted) in line["message"]) == ("failed", True)
        assert (mounted / "file").read_text() == "theirs"
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_a_node_with_runs_is_not_retired(tmp_path: Path) -> None:
    node = ready(Installed(tmp_path))
    queue = tmp_path / "var/lib/holdfast/queue"
    queue.mkdir()
    ticket = {"inventory": "prg", "definition": ID, "run": "r", "boot": "b"}
    (queue / f"00000001-{ID}").write_text(json.dumps({**ticket, "monotonic": 1, "queued": 1}))
    before = node.files()
    (line,) = node.ask(change("agent", "", node.here(cron_file="ok"), None))
    assert (line["status"], "queued or running" in line["message"]) == ("failed", True)
    assert {**node.files(), **LOCK} == {**before, **LOCK}

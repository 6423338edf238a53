"""An inventory that changes its id keeps all it has on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.installed import ID, KEY, Installed, attributes, change, promise, ready

if TYPE_CHECKING:
    from pathlib import Path


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
    assert attributes(lines, "reader") == {"key": KEY, "forwards": []}
    assert not [name for name in new.files() if "was" in name]


def test_both_ids_on_one_node_are_a_problem(tmp_path: Path) -> None:
    ready(Installed(tmp_path, "was"))
    ready(Installed(tmp_path, "now"))
    lines = Installed(tmp_path, "now", ("was",)).ask({"op": "read"})
    (problem,) = [line for line in lines if line["type"] == "problem"]
    assert "former inventory was is still here" in problem["what"]

"""An agent that cannot speak any more is told of, and an apply brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

AGENT = "n1/opt/holdfast/holdfast-agent"


def spoil(path: Path, content: bytes) -> None:
    """Put content in a file's place; other desks share the file itself."""
    path.unlink()
    path.write_bytes(content)
    path.chmod(0o755)


def truncate(desk: Desk) -> None:
    archive = desk.node(AGENT).resolve()
    spoil(archive, archive.read_bytes()[:9000])


def empty(desk: Desk) -> None:
    spoil(desk.node(AGENT).resolve(), b"")


def alter(desk: Desk) -> None:
    """Put another byte for each line's end of a module that every read needs."""
    archive = desk.node(AGENT).resolve()
    before, name, rest = archive.read_bytes().partition(b"holdfast/agent/main.py")
    spoil(archive, before + name + rest[:2000].replace(b"\n", b"\0") + rest[2000:])
    compiled(desk).unlink()


def point_elsewhere(desk: Desk) -> None:
    desk.node(AGENT).unlink()
    desk.node(AGENT).symlink_to("/bin/true")


def point_at_talk(desk: Desk) -> None:
    (desk.folder / "talk.py").write_text("print('good morning')\n", encoding="utf-8")
    (desk.folder / "talk.py").chmod(0o755)
    desk.node(AGENT).unlink()
    desk.node(AGENT).symlink_to(desk.folder / "talk.py")


def spoil_compiled(desk: Desk) -> None:
    """Alter code that the archive prefers to its own, which is whole."""
    path = compiled(desk)
    content = bytearray(path.read_bytes())
    start = content.index(b"agent's entry: sets the ground")
    content[start : start + 200] = b"\0" * 200
    spoil(path, bytes(content))


def compiled(desk: Desk) -> Path:
    [found] = desk.node(AGENT).parent.glob("agents/*.compiled")
    return found


DAMAGES = [truncate, empty, alter, point_elsewhere, point_at_talk, spoil_compiled]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_broken_agent_is_drift_and_apply_brings_it_back(
    settled: Desk, damage: Callable[[Desk], object]
) -> None:
    damage(settled)
    ran = settled.run("drift")
    assert ran.code == 2, ran
    plan = settled.ok("plan", "--format", "json").json
    [change] = [c for c in plan["resource_changes"] if c["address"].startswith("node/n1/")]
    assert change["address"] == "node/n1/agent"
    assert change["change"]["actions"] == ["update"]
    text = settled.ok("plan").out
    assert "node/n1/definition/daily@web01:1" in text
    assert "its agent is broken (" in text

    settled.write().run("apply", "--auto-approve")
    assert settled.ok("drift").out.startswith("No drift")
    assert settled.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")


def test_status_of_a_broken_agent_is_never_nothing(settled: Desk) -> None:
    truncate(settled)
    ran = settled.run("status")
    assert ran.code == 3
    assert "its agent is broken (" in ran.out + ran.err
    assert "apply brings it back" in ran.out + ran.err


def test_a_node_with_a_broken_agent_can_be_retired(settled: Desk) -> None:
    truncate(settled)
    settled.inventory["nodes"]["n1"]["retired"] = True
    del settled.inventory["definitions"][::2]
    del settled.inventory["servers"]["web01"]
    settled.write().run("apply", "--auto-approve")
    assert not settled.node("n1/etc/holdfast/lab").exists()
    assert not settled.node(AGENT).is_symlink()

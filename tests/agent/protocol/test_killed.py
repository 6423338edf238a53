"""An apply killed at any moment: cron is told the old or the new, and the next apply finishes."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import SECRET, Installed, attributes, change, promise

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # one apply after another is killed

NAMES = [f"daily@web{number:02}:1" for number in range(30)]
CANARY = "canary-6b1f-do-not-tell"


def wish(hour: int, name: str) -> dict[str, Any]:
    server = name.partition("@")[2].partition(":")[0]
    times = f"30 {hour} * * 0"
    return promise(definition="daily", server=server, disk=1, schedule=times, cron=[times])


def ops(node: Installed, hour: int) -> list[dict[str, Any]]:
    there = node.ask({"op": "read"})
    agent, secret = attributes(there, "agent"), attributes(there, "secret", "key")
    return [
        change("agent", "", agent, node.here(cron_file="ok", slots=1 + hour)),
        change("secret", "key", secret, SECRET, extra={"value": CANARY}),
        *(
            change("definition", name, attributes(there, "definition", name), wish(hour, name))
            for name in NAMES
        ),
    ]


def kill_within(node: Installed, content: bytes, seconds: float) -> bool:
    """Tell whether an apply was killed before it ended."""
    with node.start("rpc") as process:
        assert process.stdin
        process.stdin.write(content)
        process.stdin.close()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def rendered(node: Installed) -> str:
    cron = node.root / "etc/cron.d/holdfast-prg"
    return cron.read_text() if cron.exists() else ""


def check_kills(node: Installed, times: int) -> None:
    node.apply(change("agent", "", None, node.here()))
    first = ops(node, 0)[1:]
    begun = time.monotonic()
    node.apply(*first)
    whole = time.monotonic() - begun
    old, killed = rendered(node), 0
    for hour in range(1, 1 + times):
        moment = whole * (hour - 0.5) / times
        killed += kill_within(node, node.request(*ops(node, hour % 24)), moment)
        new = old.replace(f" {(hour - 1) % 24} * * 0 root", f" {hour % 24} * * 0 root")
        assert rendered(node) in (old, new)
        lines = node.apply(*ops(node, hour % 24))
        assert rendered(node) == new
        assert all(line["applied"] is True for line in lines)
        left = [name for name in node.files() if name.endswith(".tmp")]
        assert all("/served/" in name for name in left), "runs write there: it is swept by age"
        old = new
    assert killed, "no kill came in time: the test proves nothing"


def test_a_killed_apply_is_finished_by_the_next(tmp_path: Path) -> None:
    check_kills(Installed(tmp_path).bring(), 2)


@pytest.mark.slow
def test_an_apply_killed_again_and_again_is_finished_each_time(tmp_path: Path) -> None:
    check_kills(Installed(tmp_path).bring(), 15)

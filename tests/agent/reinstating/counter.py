"""Restores of a simulated LoadMaster by its connector, here or by an agent as a process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from agent.acts.counter import act, rpc
from agent.acts.counter import asked as request

if TYPE_CHECKING:
    from agent.jobs.pulling import Pulling

Line = dict[str, Any]
UNSAVED = ("unsigned", "no-safety-backup")


def restore(pulling: Pulling, parts: str = "all", **changes: Any) -> Line:
    """Restore the newest backup, here or by an `agent` process, and return the last line told."""
    agent = changes.pop("agent", False)
    to = changes.pop("to", "lm-1")
    arguments = {
        "loadmaster": to,
        "destroys": to,
        "parts": parts.split(),
        "accept": list(UNSAVED),
        "file_key": None,
        "base_key": None,
        "certificates_key": None,
        **changes,
    }
    backup = f"lm-1/{pulling.manifests()[-1]['backup']}"
    content = request(pulling.desk, "reinstate", backup, **arguments)
    if not agent:
        return act(pulling.desk, content)
    with rpc(pulling.desk, content) as process:
        out, _ = process.communicate(timeout=120)
    (*_, last, end) = map(json.loads, out.splitlines())
    assert end["type"] == "end"
    return cast("Line", last)


def sent(pulling: Pulling, command: str = "restore") -> int:
    return sum(call.command == command for call in pulling.device.calls.listed())


def unchanged(pulling: Pulling, told: Line, said: str) -> None:
    """Hold that a restore was refused, saying why, before the device was sent anything."""
    assert told["type"] == "failure", told
    assert said in told["message"]
    assert sent(pulling) == sent(pulling, "restorecert") == 0

"""A desk with one backup, and acts on it: in this process, or by the agent as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from agent.desk import ID, RUN, Desk
from holdfast.agent import acts
from holdfast.agent.protocol import request
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "/images/web01.raw"
Line = dict[str, Any]


def stocked(root: Path, content: bytes, **changes: object) -> Desk:
    """Return a desk whose image was backed up once."""
    desk = Desk(root).settle(content=content)
    desk.define(**changes)
    done = desk.run("run", "prg", ID)
    assert done.returncode == 0, done.stderr
    return desk


def name(desk: Desk) -> str:
    return f"web01:2/{desk.manifests()[-1]['backup']}"


def asked(desk: Desk, act: str, backup: str, **arguments: object) -> bytes:
    """Return the request for one act on a backup; nobody signs on a desk."""
    op = {"op": "act", "act": act, "storage": "nas", "backup": backup}
    document = {"protocol": 1, "inventory": desk.inventory, "by": {"user": "ci", "host": "here"}}
    return json.dumps({**document, "ops": [{**op, "arguments": arguments}]}).encode()


def act(desk: Desk, content: bytes) -> Line:
    """Do what a request asks for in this process and return the last line of the answer."""
    parsed = request.parse(content)
    survey = Survey(desk.layout, ())
    (*_, last) = acts.answer(survey, parsed, parsed.ops)
    return last


def rpc(desk: Desk, content: bytes, *words: str, program: str = RUN) -> subprocess.Popen[bytes]:
    """Start an agent that answers a request."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words, "rpc"],
        env={"HOLDFAST_ROOT": str(desk.root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(content)
    process.stdin.close()
    process.stdin = None
    return process


def restoring() -> Line:
    """Return the arguments of a restore over the image itself."""
    goal = {"kind": "image", "place": PLACE, "destroys": PLACE, "guest_agent": None}
    return {**goal, "file_key": None, "base_key": None, "accept": "unsigned"}

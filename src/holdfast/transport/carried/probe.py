"""Answers a read where no agent can: a greeting, and whether anything is left of one.

Runs on the node. Its one argument, if any, says how the installed agent ended. Changes nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time

from holdfast.agent import facts
from holdfast.agent.layout import PROTOCOL, Layout


def answer(request: dict[str, list[str]], broken: str) -> list[dict[str, object]]:
    """Return the lines of the answer to a read."""
    layouts = [Layout.here(name) for name in [str(request["inventory"]), *request["was"]]]
    zone, problems = facts.zone(layouts[0].root)
    hello: dict[str, object] = {
        "type": "hello",
        "protocol": PROTOCOL,
        "agent": "absent",
        "python": sys.version.split()[0],
        "zone": zone,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "remains": any(map(_remains, layouts)),
        "broken": broken,
    }
    return [hello, *problems, {"type": "end", "count": 1 + len(problems)}]


def _remains(layout: Layout) -> bool:
    """Tell whether an inventory left anything; what cannot be looked at is an error, not a no."""
    for path in (layout.etc, layout.var, layout.cron_file):
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        return True
    return False


if __name__ == "__main__":
    for line in answer(json.load(sys.stdin), "".join(sys.argv[1:])):
        print(json.dumps(line))  # noqa: T201 - standard output is the answer

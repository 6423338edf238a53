"""Records that cron has fired an entry of our file: the proof that cron loads it."""

from __future__ import annotations

import os
import time

from holdfast.agent import atomic, canonical
from holdfast.agent.layout import Layout


def main(inventory: str) -> None:
    """Record this moment, unless the inventory has left the node since cron read its file."""
    layout = Layout.here(inventory)
    if os.path.isdir(layout.etc):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        atomic.write(layout.cron_seen, canonical.dumps({"seen": now}) + "\n")

"""OldNode: a node whose agent is run by the Python of Debian 11."""

from __future__ import annotations

import subprocess

from agent.installed import Installed
from vm import debian11

# The node's root is seen within the old system at /node; the mounts end with the command.
ENTER = """\
mount --bind "$1" "$0/node" && mount -t proc proc "$0/proc" && shift &&
exec chroot "$0" /usr/bin/env -i HOLDFAST_ROOT=/node /usr/bin/python3 -I -S "$@"
"""


class OldNode(Installed):
    """An installed node, but for who runs it."""

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        agent = "/node/" + str(self.agent.relative_to(self.root))
        enter = ["unshare", "--mount", "sh", "-c", ENTER, str(debian11.root()), str(self.root)]
        return subprocess.Popen(
            [*enter, agent, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

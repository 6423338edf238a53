"""Namespace: a process with a kernel view of its own; whatever is made inside goes with it.

The process ends when its standard input closes, which the kernel does even when the test run is
killed. So nothing is left behind, and nothing need be cleaned by name.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 60


class Namespace:
    """The namespaces of one process; `pid` is it as this machine counts."""

    def __init__(self, kinds: Sequence[str], command: Sequence[str]) -> None:
        """Start command in new namespaces; it prints a line when it is ready."""
        self._kinds = [f"--{kind}" for kind in kinds]
        forked = ["--fork", "--kill-child"] if "pid" in kinds else []
        self._process = subprocess.Popen(
            ["unshare", *self._kinds, *forked, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError(f"no namespace: {self._process.communicate()[1]}")
        self.pid = self._child() if forked else self._process.pid

    def _child(self) -> int:
        parent = self._process.pid
        return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])

    def inside(self, arguments: Sequence[str]) -> list[str]:
        """Return the argument list that runs another one inside."""
        rooted = [f"--root=/proc/{self.pid}/root", f"--wd=/proc/{self.pid}/root"]
        files = rooted if "--mount" in self._kinds else []
        return ["nsenter", f"--target={self.pid}", *self._kinds, *files, "--", *arguments]

    def run(self, *arguments: str) -> str:
        """Return what a program inside prints; its standard error comes with the exception."""
        done = subprocess.run(
            self.inside(arguments),
            timeout=SECONDS,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: exit {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def ip(self, *lines: str) -> None:
        """Run lines of `ip` in the network namespace."""
        command = ["nsenter", f"--target={self.pid}", "--net", "ip", "-batch", "-"]
        subprocess.run(command, input="\n".join(lines), text=True, check=True, timeout=SECONDS)

    def close(self) -> None:
        """End every process inside; the kernel takes mounts and interfaces away with them."""
        self._process.communicate(timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""The agent's entry: sets the ground of a process, then calls the command that argv names."""

from __future__ import annotations

import os
import signal
import sys
from typing import Literal, TextIO

from holdfast.agent import names, running

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
USAGE = 64
_FIRST_FREE = 3  # after the standard streams
_USAGE = """\
usage: holdfast-agent rpc [--read-only]
       holdfast-agent run INVENTORY ID
       holdfast-agent run INVENTORY ID... --due
       holdfast-agent seen INVENTORY
       holdfast-agent peer INVENTORY NODE
"""


def main(argv: list[str]) -> int:
    """Run one command and return its exit code; an unknown one is 64."""
    settle()
    held = running.hold()
    try:
        return _command(argv)
    finally:
        if held is not None:
            os.close(held)


def settle() -> None:
    """Be the same process whoever started us: what is inherited is not relied on."""
    os.environ["PATH"] = PATH  # cron's own has no sbin, where zfs is
    os.environ["LC_ALL"] = "C"
    os.umask(0o027)
    # Where it is ignored, whatever program failed is taken for one that ended well: waitpid(2).
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # A lock must never lie where the standard streams are put.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < _FIRST_FREE:
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - its own
    os.close(descriptor)
    sys.stdin = sys.stdin or _stream(0, "r")
    sys.stdout, sys.stderr = sys.stdout or _stream(1, "w"), sys.stderr or _stream(2, "w")


def _stream(descriptor: int, mode: Literal["r", "w"]) -> TextIO:
    """Return a standard stream where we were started without; a line goes out when it ends."""
    return open(descriptor, mode, 1, "utf-8", "backslashreplace", closefd=False)


def _command(argv: list[str]) -> int:
    command, arguments = (argv[0] if argv else ""), argv[1:]
    if command == "rpc" and arguments in ([], ["--read-only"]):
        from holdfast.agent.protocol import rpc  # noqa: PLC0415 - a command pays for its own imports only

        return rpc.main(readonly=bool(arguments))
    if command == "seen" and len(arguments) == 1 and names.is_inventory(arguments[0]):
        from holdfast.agent.cron import seen  # noqa: PLC0415

        seen.main(arguments[0])
        # Tickets whose dispatcher has died, or from before a reboot, have nobody else.
        return _command(["run", "--queue"])
    if command == "guard" and arguments[:1] in (["socket"], ["libvirt"]) and arguments[1:]:
        from holdfast.agent.freeze import guard  # noqa: PLC0415

        return guard.main(arguments[0], arguments[1])
    if command == "switch" and arguments[:1] in (["new"], ["replace"]) and arguments[1:]:
        from holdfast.agent.restoring import dataset  # noqa: PLC0415

        return dataset.switch(arguments[0], arguments[1])
    if command == "peer" and len(arguments) == 2 and _names_a_peer(*arguments):  # noqa: PLR2004
        from holdfast.agent.peers import door  # noqa: PLC0415

        return door.main(arguments[0], arguments[1])
    if command == "run":
        from holdfast.agent.jobs import run  # noqa: PLC0415

        return run.main(arguments)
    sys.stderr.write(_USAGE)
    return USAGE


def _names_a_peer(inventory: str, node: str) -> bool:
    return names.is_inventory(inventory) and names.is_name(node)

"""How the agent starts itself again: from the same archive, with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from holdfast.agent import running

# From a source tree, where there is no archive, the package is found as this process found it.
_FROM_TREE = "import sys; from holdfast.agent.main import main; sys.exit(main(sys.argv[1:]))"


def command(*words: str) -> list[str]:
    """Return the argument list that runs a command of this very agent, also after an update."""
    archive = running.archive()
    if archive is None:
        return [sys.executable, "-c", _FROM_TREE, *words]
    return [sys.executable, "-I", "-S", archive, *words]


def agent() -> str:
    """Return the SHA-256 of this agent, which is its file's name; `source` from a source tree."""
    archive = running.archive()
    return "source" if archive is None else os.path.basename(archive)[: -len(".pyz")]


def detach(*words: str) -> None:
    """Start a command that outlives us, such as a dispatcher for what a lost ssh session queued."""
    # Its parent ends at once, so that init reaps it.
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *command(*words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=_environment(),
        start_new_session=True,
        check=True,
    )


def enter_environment() -> None:
    """Go on with no more of an environment than a child is given."""
    given = _environment()
    os.environ.clear()
    os.environ.update(given)


def _environment() -> dict[str, str]:
    """Return only what is needed: what cron or ssh had in theirs is nobody's business here."""
    kept = ("PATH", "LC_ALL", "HOLDFAST_ROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    if "HOLDFAST_ROOT" in environment:
        environment["HOLDFAST_ROOT"] = os.path.abspath(environment["HOLDFAST_ROOT"])
    return environment

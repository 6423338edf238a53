"""Who applies, from where, from which commit: what nodes keep beside what was applied."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Author:
    """A person or a CI job."""

    user: str
    host: str
    url: str = ""  # of the CI job
    commit: str = ""


def author(directory: Path, environ: Mapping[str, str]) -> Author:
    """Return who runs this, by what GitHub and GitLab tell their jobs, else by the machine."""
    url = environ.get("CI_JOB_URL", "")
    if run := environ.get("GITHUB_RUN_ID"):
        server = environ.get("GITHUB_SERVER_URL", "https://github.com")
        url = f"{server}/{environ.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    user = environ.get("GITHUB_ACTOR") or environ.get("GITLAB_USER_LOGIN") or _login(environ)
    commit = environ.get("GITHUB_SHA") or environ.get("CI_COMMIT_SHA") or _head(directory)
    return Author(user, socket.gethostname(), url, commit)


def _login(environ: Mapping[str, str]) -> str:
    """Return the user of this process; a container may run one that has no name."""
    named = environ.get("LOGNAME") or environ.get("USER")
    try:
        return named or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _head(directory: Path) -> str:
    """Return the commit that is checked out, with `+` if files differ; nothing outside of git."""
    try:
        head = _git(directory, "rev-parse", "HEAD")
        return head + ("+" if _git(directory, "status", "--porcelain", "--", ".") else "")
    except (subprocess.CalledProcessError, FileNotFoundError):
        return ""


def _git(directory: Path, *arguments: str) -> str:
    command = ["git", "-C", str(directory), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

"""What a host has on its disks that this machine has not: every file, its mode and its bytes."""

from __future__ import annotations

import io
import subprocess
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hosts.host import Host

# The overlay's own layer, and what boot.sh mounts over it; as seen from outside of the host's root.
LAYER = "mnt/upper"
MOUNTED = ("root", "run", "opt", "etc/cron.d", "etc/holdfast", "var/lib/holdfast", "tmp")
SPOOL = "var/spool/cron/crontabs"

# What is written there is not our doing, or not for long.
LOGS = ("/var/log/", "/run/", "/tmp/")
# Where all of ours lies, save keys and crontabs.
OURS = ("/opt/", "/etc/holdfast/", "/etc/cron.d/", "/var/lib/holdfast/", "/backup/")

Tree = dict[str, tuple[int, bytes]]


def tree(host: Host) -> Tree:
    """Return mode and content by path of all that was written on a host; folders end in `/`."""
    folders = [LAYER, *(f"mnt/root/{folder}" for folder in (*MOUNTED, SPOOL))]
    inside = ["nsenter", f"--target={host.pid}", "--mount"]
    tar = ["tar", "--create", "--directory=/", "--warning=no-file-ignored", *folders]
    done = subprocess.run([*inside, *tar], capture_output=True, check=True)
    found = {}
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive:
            path = "/" + member.name.removeprefix(LAYER).removeprefix("mnt/root").lstrip("/")
            file = archive.extractfile(member) if member.isfile() else None
            content = file.read() if file else member.linkname.encode()
            found[path + "/" * member.isdir()] = (member.mode, content)
    return found


def below(tree: Mapping[str, tuple[int, bytes]], *prefixes: str) -> Tree:
    """Return the part of a tree whose paths begin with one of these."""
    return {path: entry for path, entry in tree.items() if path.startswith(prefixes)}


def differing(before: Tree, after: Tree) -> list[str]:
    """Return the paths that are not the same, mode and bytes."""
    return sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )

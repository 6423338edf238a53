"""Prints what the host tests lack on this machine: Debian packages, one a line.

Exit status: 0 nothing lacks, 1 packages are missing, 2 they would not help: why stands on
standard error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "/usr/sbin/sshd": "openssh-server",
    "ssh-agent": "openssh-client",
    "/usr/sbin/cron": "cron",
    "ip": "iproute2",
    "unshare": "util-linux",
    "mount": "mount",
    "/usr/bin/python3": "python3-minimal",
}
TRIAL = "mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay -o "
TRIAL += "lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w none /mnt/r"


def missing_packages() -> list[str]:
    """Return the Debian packages to install, sorted."""
    return sorted({name for program, name in PACKAGES.items() if shutil.which(program) is None})


def obstacle() -> str:
    """Return why hosts cannot be made here even with every package; empty if they can."""
    if os.geteuid() != 0:
        return "the host tests must run as root: they make network and mount namespaces"
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "sh", "-c", TRIAL]
    trial = subprocess.run(command, capture_output=True, text=True, check=False)
    if trial.returncode:
        return f"this machine allows no namespaces with an overlay root: {trial.stderr.strip()}"
    return ""


def main() -> int:
    packages = missing_packages()
    if packages:
        sys.stdout.write("".join(f"{name}\n" for name in packages))
        return 1
    why = obstacle()
    if why:
        sys.stderr.write(why + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

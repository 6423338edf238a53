"""Brings what the tests need of the system: by apt where this is root on Debian, else it says what.

`just test` calls it, `just lab-vm` with the word `vm` and the bench with `bench`. Python packages
are the business of `pip install -e '.[dev]'`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the tests need beside what the real hosts need: peers that must read what we write.
PROGRAMS = {
    "age": "age",
    "bzip2": "bzip2",
    "curl": "curl",
    "faketime": "faketime",
    "git": "git",
    "gzip": "gzip",
    "igzip": "isal",
    "mkfs.xfs": "xfsprogs",
    "npm": "npm",
    "xz": "xz-utils",
    "zfs-fuse": "zfs-fuse",
    "zstd": "zstd",
}
# What builds and runs the virtual machine.
VM = {
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "qemu-system-x86_64": "qemu-system-x86",
    "dumpe2fs": "e2fsprogs",
}
# What a backup is measured against.
BENCH = {"borg": "borgbackup", "pigz": "pigz", "restic": "restic", "syncoid": "sanoid"}
PURPOSES = {"bench": BENCH, "vm": VM}


def missing(programs: Mapping[str, str]) -> list[str]:
    """Return the Debian packages that lack."""
    hosts = Path(__file__).with_name("hosts") / "requirements.py"
    result = subprocess.run(
        [sys.executable, str(hosts)], capture_output=True, text=True, check=False
    )
    if result.returncode not in (0, 1):
        sys.exit(f"the tests on real hosts cannot run here: {result.stderr.strip()}")
    others = {package for program, package in programs.items() if shutil.which(program) is None}
    return sorted({*result.stdout.split(), *others})


def main() -> None:
    """Install what lacks, or exit and name it."""
    programs = PROGRAMS | {k: v for word in sys.argv[1:] for k, v in PURPOSES[word].items()}
    packages = missing(programs)
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"the tests need these Debian packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
    ):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    if left := missing(programs):
        sys.exit(f"apt installed them, yet these are still missing: {' '.join(left)}")


if __name__ == "__main__":
    main()

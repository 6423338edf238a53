"""Many hosts on one machine: loopback addresses of one sshd, each with a file system of its own.

A host is an overlay of this machine's root, so programs and page cache are shared and what is
written is not. Only within the namespaces of `private`.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 250
FOLDER = Path("/run/bench")
# Empty on every host, whatever this machine has there: a start-up file of root's shell would be
# paid for each session, and this machine may be somebody's node.
EMPTY = ("root", "opt", "backups", "etc/cron.d", "etc/holdfast", "var/lib/holdfast")

CONFIGURATION = """\
ListenAddress 0.0.0.0
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client_key.pub
PasswordAuthentication no
UsePAM yes
PrintMotd no
PidFile none
MaxStartups 1000
Subsystem sftp internal-sftp
"""
MATCH = """\
Match LocalAddress {address}
  ChrootDirectory {root}
"""


@dataclass(frozen=True)
class Host:
    """One host: its name, loopback address and root directory."""

    name: str
    address: str
    root: Path

    def entries(self, cron_file: str) -> int:
        """Return how many backups a cron file of this host runs; one may have several lines."""
        path = self.root / cron_file
        text = path.read_text() if path.exists() else ""
        return len(set(re.findall(r"holdfast-agent run (.+)", text)))

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files and folders of this host where they are there."""
        for path in (self.root / each for each in paths):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


@contextmanager
def up(count: int) -> Iterator[tuple[Host, ...]]:
    """Make so many hosts and one sshd before them all; stop it at the end."""
    FOLDER.mkdir(mode=0o755)
    Path("/run/sshd").mkdir(mode=0o755)
    hosts = tuple(_host(number) for number in range(1, count + 1))
    for key in ("host_key", "client_key"):
        path = str(FOLDER / key)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    known = "".join(f"{host.address} {host_key()}\n" for host in hosts)
    (FOLDER / "known_hosts").write_text(known)
    matches = "".join(MATCH.format(address=host.address, root=host.root) for host in hosts)
    (FOLDER / "sshd_config").write_text(CONFIGURATION.format(folder=FOLDER) + matches)
    log = str(FOLDER / "sshd.log")
    sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-E", log, "-f", str(FOLDER / "sshd_config")])
    cron = _cron(hosts)
    try:
        _await(hosts[0].address)
        yield hosts
    finally:
        for process in (sshd, cron):
            process.terminate()
            process.wait(10)


def _cron(hosts: Iterable[Host]) -> subprocess.Popen[bytes]:
    """Start what all hosts take for their running cron, as nodes have one; it fires nothing.

    Without one, who looks for it on one host looks at the processes of all fifty.
    """
    program = FOLDER / "cron"
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([str(program), "infinity"])
    for host in hosts:
        (host.root / "run/crond.pid").write_text(f"{process.pid}\n")
    return process


def host_key() -> str:
    """Return the public key of all hosts, as `ssh-ed25519 AAAA…`."""
    return " ".join((FOLDER / "host_key.pub").read_text().split()[:2])


def _host(number: int) -> Host:
    place = FOLDER / f"h{number:02}"
    upper, root = place / "upper", place / "root"
    for folder in ("work", "root", *(f"upper/{path}" for path in EMPTY)):
        (place / folder).mkdir(parents=True)
    for path in EMPTY:
        os.setxattr(upper / path, "trusted.overlay.opaque", b"y")
    layers = f"lowerdir=/,upperdir={upper},workdir={place / 'work'}"
    _mount("-t", "overlay", "-o", layers, "overlay", str(root))
    for path in ("dev", "proc"):
        _mount("--bind", f"/{path}", str(root / path))
    _mount("-t", "tmpfs", "tmpfs", str(root / "run"))
    return Host(place.name, f"127.0.0.{number}", root)


def _mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True)


def _await(address: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as connection:
            if connection.connect_ex((address, 22)) == 0:
                return
        time.sleep(0.05)
    raise CommandError(f"sshd does not answer at {address}: see {FOLDER}/sshd.log")

"""Host: a Debian machine in a fraction of a second, with its own files, sshd and cron."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from hosts.keys import Pair
from hosts.namespace import SECONDS, Namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hosts.network import Network

BOOT = Path(__file__).with_name("boot.sh")
KINDS = ("mount", "net", "pid", "uts", "ipc")
SSHD = """\
HostKey /etc/ssh/holdfast_host_key
AuthorizedKeysFile /root/.ssh/authorized_keys
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups {startups}
PidFile /run/sshd.pid
LogLevel VERBOSE
"""


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that is a matter of milliseconds; raise if it does not come."""
    deadline = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.003)


class Host(Namespace):
    """One machine on a network; reached as root at `address`, port 22, known by `host_key`."""

    def __init__(self, network: Network, name: str, host_key: Pair | None = None) -> None:
        super().__init__(KINDS, ["sh", str(BOOT), name])
        self.name = name
        self._network = network
        address, self._port = network.plug(self)
        self.address = str(address)
        self.start_sshd(host_key or Pair.ed25519())

    def path(self, inside: str) -> Path:
        """Return where a file of the host is seen from here; absolute links would lead astray."""
        return Path(f"/proc/{self.pid}/root") / inside.lstrip("/")

    def write(self, inside: str, text: str, mode: int = 0o644) -> None:
        """Put a file on the host."""
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def start_sshd(self, host_key: Pair, startups: str = "100") -> None:
        """Start sshd, or another one in its place, with a host key and a MaxStartups."""
        self._stop("/run/sshd.pid")
        self.host_pair, self.host_key = host_key, host_key.public
        self.write("/etc/ssh/holdfast_host_key", host_key.private, 0o600)
        self.write("/etc/ssh/holdfast_sshd", SSHD.format(startups=startups))
        start = '/usr/sbin/sshd -f /etc/ssh/holdfast_sshd -E "$0" || { cat "$0"; exit 1; }'
        self.run("sh", "-c", start, "/var/log/sshd.log")
        self._started("/run/sshd.pid")  # written when it listens

    def sshd_log(self) -> str:
        """Return what sshd has written of its visitors."""
        return self.path("/var/log/sshd.log").read_text()

    def authorize(self, public: str, options: str = "") -> None:
        """Let a key in, with options such as `restrict,command="…"`."""
        self.path("/root/.ssh").mkdir(mode=0o700, exist_ok=True)
        with self.path("/root/.ssh/authorized_keys").open("a") as file:
            file.write(f"{options} {public}\n".lstrip())

    def start_cron(self) -> None:
        """Start cron, which reads /etc/localtime and its files anew."""
        self.run("/usr/sbin/cron")
        self._started("/run/crond.pid")

    def stop_cron(self) -> None:
        """Stop cron; jobs that it started go on."""
        self._stop("/run/crond.pid")

    def _started(self, pid_file: str) -> str:
        """Return the number of a daemon that lives: cron's file first names the one that forks."""
        path = self.path(pid_file)
        wait_until(lambda: path.exists() and self._lives(path.read_text()))
        return path.read_text().strip()

    def _lives(self, written: str) -> bool:
        return written.endswith("\n") and self.path(f"/proc/{written.strip()}").exists()

    def _stop(self, pid_file: str) -> None:
        if self.path(pid_file).exists():
            pid = self._started(pid_file)
            self.run("kill", pid)
            wait_until(lambda: not self.path(f"/proc/{pid}").exists())
            self.path(pid_file).unlink(missing_ok=True)

    def set_zone(self, zone: str) -> None:
        """Set the zone of the machine; a running cron keeps the old one until it is restarted."""
        localtime = self.path("/etc/localtime")
        localtime.unlink(missing_ok=True)
        localtime.symlink_to(f"/usr/share/zoneinfo/{zone}")
        self.write("/etc/timezone", f"{zone}\n")

    def cut(self) -> None:
        """Pull the network cable."""
        self._network.cut(self._port)

    def mend(self) -> None:
        """Put the network cable back."""
        self._network.mend(self._port, self.address)

    def remove_python(self) -> None:
        """Make the machine one that never had a Python."""
        for folder in ("/usr/bin", "/usr/local/bin"):
            for program in self.path(folder).glob("python3*"):
                program.unlink()

    def mount_small(self, inside: str, size: str) -> None:
        """Mount an empty file system of a size such as `64k`, soon full."""
        self.run("mkdir", "-p", inside)
        self.run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", inside)

    def unmount(self, inside: str) -> None:
        """Take a mount away, as when a NAS goes."""
        self.run("umount", inside)

    def processes(self) -> Sequence[str]:
        """Return the command line of every process of the host."""
        folders = self.path("/proc").glob("[0-9]*")
        return [(folder / "cmdline").read_text().replace("\0", " ").strip() for folder in folders]

"""The disk of the virtual machine: Debian with OpenZFS, built once by apt alone.

The recipe is this file: whatever changes in it makes another disk, which takes the old one's place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vm.cache import bootstrap, kept

SUITE = "bookworm"
SIZE = "10G"  # sparse
PACKAGES = (
    # a machine
    *("systemd-sysv", "udev", "dbus", "iproute2", "openssh-server", "cron", "qemu-guest-agent"),
    *("initramfs-tools", "linux-image-cloud-amd64", "linux-headers-cloud-amd64"),
    # OpenZFS, compiled for its kernel
    *("zfs-dkms", "zfsutils-linux"),
    # what a node of ours has, and what its tests run
    *("python3", "python3-cryptography"),
    *("python3-pytest", "python3-pytest-xdist", "python3-hypothesis"),
    *("age", "bzip2", "faketime", "gzip", "isal", "xz-utils", "zstd", "xfsprogs"),
)
FILES = {
    "etc/hostname": "vm\n",
    "etc/fstab": "/dev/vda / ext4 noatime 0 1\n",
    "etc/modules-load.d/zfs.conf": "zfs\n",
    "etc/systemd/network/10-vm.network": (
        "[Match]\nName=en*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n"
    ),
    "etc/ssh/sshd_config.d/vm.conf": "PermitRootLogin prohibit-password\nUseDNS no\nUsePAM no\n",
}


@dataclass(frozen=True)
class Image:
    """A folder with all that a boot needs."""

    folder: Path

    @property
    def disk(self) -> Path:
        return self.folder / "disk.ext4"

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.folder / "initrd.img"

    @property
    def key(self) -> Path:
        """The private key that root's login takes."""
        return self.folder / "key"

    @property
    def host_key(self) -> str:
        """The machine's own public key, to be pinned."""
        kind, content, *_ = (self.folder / "host_key.pub").read_text().split()
        return f"{kind} {content}"


def build() -> Image:
    """Return the image, built if its recipe has none yet."""
    return Image(kept("machine", Path(__file__), _make))


def _make(folder: Path) -> None:
    root = folder / "root"
    bootstrap(SUITE, PACKAGES, root)
    if not list(root.glob("lib/modules/*/updates/dkms/zfs.ko*")):
        sys.exit(f"the modules of OpenZFS were not built: see {folder / 'build.log'}")
    for path, content in FILES.items():
        (root / path).write_text(content)
    _let_in(root, folder)
    _run("systemctl", f"--root={root}", "enable", "systemd-networkd")
    # Nothing of it may wake up while a test measures or counts.
    _run("systemctl", f"--root={root}", "mask", "apt-daily.timer", "apt-daily-upgrade.timer")
    for name in ("vmlinuz", "initrd.img"):
        shutil.copyfile(root / name, folder / name)
    _run("mke2fs", "-q", "-t", "ext4", "-d", str(root), str(folder / "disk.ext4"), SIZE)
    shutil.rmtree(root)


def _let_in(root: Path, folder: Path) -> None:
    """Let one key, made here, in as root; note the key that the machine will show."""
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "vm", "-f", str(folder / "key"))
    ssh = root / "root/.ssh"
    ssh.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(folder / "key.pub", ssh / "authorized_keys")
    shutil.copyfile(root / "etc/ssh/ssh_host_ed25519_key.pub", folder / "host_key.pub")


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})

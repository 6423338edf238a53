"""What a server's disk is: a filesystem, or a volume with a file system of the guest's on it."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, Protocol

from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import patiently, run, zfs

if TYPE_CHECKING:
    from collections.abc import Iterator

# Volumes are the kernel's: zfs-fuse, which the default tests run on, has none.
KINDS = ("filesystem", "volume") if OPENZFS else ("filesystem",)
SIZE = "48M"
_PATIENCE = 30.0
_ERESTARTSYS = 512  # linux/errno.h: programs should never see it


class Disk(Protocol):
    """One kind of disk."""

    sealed: str  # what `readonly`, `canmount` and `mounted` are of one that was received

    def create(self, dataset: str) -> None:
        """Make an empty disk with a file system on it."""

    def mounted(self, dataset: str, folder: Path) -> contextlib.AbstractContextManager[Path]:
        """Give the folder where the files of a disk are, read and written, meanwhile."""

    def idle(self, dataset: str, folder: Path) -> contextlib.AbstractContextManager[None]:
        """Leave a mounted disk alone meanwhile, as a guest does that is shut down."""


class Filesystem:
    """A disk whose files ZFS itself holds; it mounts them where it likes."""

    sealed = "on noauto no"

    def create(self, dataset: str) -> None:
        zfs("create", dataset)

    @contextlib.contextmanager
    def mounted(self, dataset: str, folder: Path) -> Iterator[Path]:  # noqa: ARG002 - ZFS chooses
        wanted = "yes" not in zfs("get", "-H", "-o", "value", "mounted", dataset)
        if wanted:
            zfs("mount", dataset)
        yield Path(zfs("get", "-H", "-o", "value", "mountpoint", dataset).strip())
        if wanted:
            zfs("unmount", dataset)

    def idle(self, dataset: str, folder: Path) -> contextlib.AbstractContextManager[None]:  # noqa: ARG002 - ZFS unmounts it
        return contextlib.nullcontext()


class Volume:
    """A disk of blocks; what is written is on it at once, as after a guest's own sync.

    Who opens it while another pool comes or goes is asked to try again (ERESTARTSYS).
    """

    sealed = "on - -"

    def create(self, dataset: str) -> None:
        zfs("create", "-s", "-V", SIZE, dataset)
        # What is not written now the kernel writes later, into somebody's small increment.
        whole = "lazy_itable_init=0,lazy_journal_init=0"
        patiently("mkfs.ext4", "-q", "-E", whole, str(device(dataset)))

    @contextlib.contextmanager
    def mounted(self, dataset: str, folder: Path) -> Iterator[Path]:
        folder.mkdir(parents=True)
        patiently("mount", "-o", "sync", str(device(dataset)), str(folder))
        try:
            yield folder
        finally:
            run("umount", str(folder))
            folder.rmdir()

    @contextlib.contextmanager
    def idle(self, dataset: str, folder: Path) -> Iterator[None]:
        run("umount", str(folder))
        yield
        # A full pool has its room back a moment after what filled it has gone.
        patiently("mount", "-o", "sync", str(device(dataset)), str(folder))


def of(kind: str) -> Disk:
    """Return a kind of disk by its name among KINDS."""
    return Volume() if kind == "volume" else Filesystem()


def device(dataset: str) -> Path:
    """Return the device of a volume, which comes a moment after the volume."""
    path, end = Path("/dev/zvol") / dataset, time.monotonic() + _PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path} does not come"
        time.sleep(0.05)
    return path


def opened(volume: str, mode: Literal["rb", "r+b"]) -> IO[bytes]:
    """Open a volume's device; while another pool comes or goes OpenZFS asks to try again."""
    while True:
        try:
            return device(volume).open(mode)
        except OSError as error:
            if error.errno != _ERESTARTSYS:
                raise
        time.sleep(0.05)


def content(volume: str) -> bytes:
    """Return all that a volume holds."""
    with opened(volume, "rb") as device:
        return device.read()

"""Who has a file open, for writing or at all, as far as this node's kernel can tell."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import glob
import os
import stat
import time
from typing import Callable, Iterator, NamedTuple

from holdfast.agent.failure import Failed

_PATIENCE, _PAUSE = 2.0, 0.2


def refuse_writers(path: str, descriptor: int) -> None:
    """Raise Failed if the open file is open for writing anywhere, or if that cannot be told."""
    _refuse("image " + path, descriptor, _Use("open for writing", _writes, fcntl.F_RDLCK))


def refuse_users(path: str, descriptor: int) -> None:
    """Raise Failed if the open file is open anywhere else, or if that cannot be told."""
    _refuse("image " + path, descriptor, _Use("in use", _uses, fcntl.F_WRLCK))


def refuse_mount(what: str, place: str) -> None:
    """Raise Failed if a process has anything open, or is at home, on what is mounted at a place."""
    _refuse_open(what, functools.partial(_is_on, os.stat(place).st_dev))


def refuse_device(what: str, device: str) -> None:
    """Raise Failed if a process or the kernel itself uses a block device.

    udev looks into one for a moment after its last user has gone: that is waited for.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            _refuse_device(what, device)
        except Failed:
            if time.monotonic() >= end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _refuse_device(what: str, device: str) -> None:
    number = os.stat(device).st_rdev
    _refuse_open(what, lambda found: stat.S_ISBLK(found.st_mode) and found.st_rdev == number)
    try:
        # The kernel lets only one in so: not beside a mount, a mapping or an export.
        os.close(os.open(device, os.O_RDONLY | os.O_EXCL | os.O_CLOEXEC))
    except OSError as error:
        raise Failed("%s is in use: %s: %s" % (what, device, error.strerror)) from error


class _Use(NamedTuple):
    """A use of a file: in words, how a process shows it, and the lease that nobody's use allows."""

    word: str
    has: Callable[[str, os.stat_result], bool]
    lease: int


def _refuse(what: str, descriptor: int, use: _Use) -> None:
    wanted = os.fstat(descriptor)
    seen, hidden = _processes(lambda pid: use.has(pid, wanted))
    seen += ["loop device " + device for device in _loops(wanted)]
    if seen:
        raise Failed("%s is %s by %s" % (what, use.word, ", ".join(sorted(seen))))
    proven = _lease(descriptor, use.lease)
    if proven is False:
        raise Failed("%s is %s, by whom cannot be seen" % (what, use.word))
    if proven is None:
        _refuse_hidden(what, hidden)


def _refuse_open(what: str, fits: Callable[[os.stat_result], bool]) -> None:
    seen, hidden = _processes(lambda pid: any(fits(found) for found in _held(pid)))
    if seen:
        raise Failed("%s is in use by %s" % (what, ", ".join(sorted(seen))))
    _refuse_hidden(what, hidden)


def _refuse_hidden(what: str, hidden: int) -> None:
    if hidden:
        raise Failed(
            "%s: %d processes cannot be looked into: run the agent as root" % (what, hidden)
        )


def _held(pid: str) -> Iterator[os.stat_result]:
    """Yield what a process holds: its open files, its folder, its root."""
    folder = "/proc/%s/fd" % pid
    links = [os.path.join(folder, number) for number in os.listdir(folder)]
    for link in (*links, "/proc/%s/cwd" % pid, "/proc/%s/root" % pid):
        with contextlib.suppress(OSError):  # closed since, or on a mount that hangs or is gone
            yield os.stat(link)


def _is_on(device: int, found: os.stat_result) -> bool:
    return found.st_dev == device


def _processes(has: Callable[[str], bool]) -> tuple[list[str], int]:
    """Return the processes of which something is true, and how many could not be looked into."""
    seen, hidden = [], 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if has(pid):
                seen.append("%s (pid %s)" % (_name(pid), pid))
        except PermissionError:
            hidden += 1
        except (FileNotFoundError, ProcessLookupError):
            continue  # the process has ended since
    return seen, hidden


def _lease(descriptor: int, kind: int) -> bool | None:
    """Ask the kernel for a lease: to read, while nobody can write; to write, while nobody else is.

    None: no answer. It sees what no scan does: shared mappings and processes of other namespaces
    (fcntl(2)).
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, kind)
    except OSError as error:
        # Not the owner, or a file system without leases: the scan must do.
        return False if error.errno == errno.EAGAIN else None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)  # who opens it next must not wait
    return True


def _writes(pid: str, wanted: os.stat_result) -> bool:
    return any(_mode(pid, number) for number in _descriptors(pid, wanted))


def _uses(pid: str, wanted: os.stat_result) -> bool:
    return pid != str(os.getpid()) and any(_descriptors(pid, wanted))


def _descriptors(pid: str, wanted: os.stat_result) -> Iterator[str]:
    """Yield the numbers under which a process has a file open."""
    for number in os.listdir("/proc/%s/fd" % pid):
        try:
            found = os.stat("/proc/%s/fd/%s" % (pid, number))
        except FileNotFoundError:
            continue
        if os.path.samestat(found, wanted):
            yield number


def _mode(pid: str, number: str) -> int:
    """Return 0 for a descriptor that only reads."""
    with open("/proc/%s/fdinfo/%s" % (pid, number), encoding="ascii") as file:
        for line in file:
            if line.startswith("flags:"):
                return int(line.split()[1], 8) & os.O_ACCMODE
    return 0


def _name(pid: str) -> str:
    with open("/proc/%s/comm" % pid, encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def _loops(wanted: os.stat_result) -> Iterator[str]:
    """Yield the writable loop devices upon the file: the kernel writes for them, no process."""
    for backing in glob.glob("/sys/block/loop*/loop/backing_file"):
        device = backing.split("/")[3]
        with open(backing, encoding="utf-8", errors="surrogateescape") as file:
            path = file.read().rstrip("\n")
        with open("/sys/block/%s/ro" % device, encoding="ascii") as file:
            writable = file.read().strip() == "0"
        if writable and os.path.exists(path) and os.path.samestat(os.stat(path), wanted):
            yield "/dev/" + device

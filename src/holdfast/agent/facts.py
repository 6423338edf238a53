"""Facts of a node that only the node can tell: the zone that its cron really runs in."""

from __future__ import annotations

import os

from holdfast.agent import lines

_NAMES = ("cron", "crond")
_COMMS = (b"cron\n", b"crond\n")


def zone(root: str) -> tuple[str, list[dict[str, object]]]:
    """Return the name of the zone that cron runs in, and what is doubtful about it.

    Under another root there is no cron of its own: the root's files decide, then the host's.
    """
    if root == "/":
        return _of_cron(_cron_process())
    if os.path.lexists(_localtime(root)) or os.path.lexists(_timezone(root)):
        return _of_files(root)
    return _of_files("/")


def _of_cron(pid: str | None) -> tuple[str, list[dict[str, object]]]:
    if pid is None:
        name, problems = _of_files("/")
        what = "no cron runs here: no backup will be made on schedule"
        hint = "install and start cron (cronie on RHEL)"
        return name, [*problems, lines.problem("agent", "", what, hint, severity="warning")]
    own = _environment(pid).get("TZ", "").lstrip(":")
    if own and not own.startswith("/"):
        return own, []
    if _below_zoneinfo(own):
        return _below_zoneinfo(own), []
    name, problems = _of_files("/")
    if _changed_since(pid):
        what = "/etc/localtime was changed after cron had started"
        problems.append(lines.problem("agent", "", what, "restart cron", severity="warning"))
    return name, problems


def _of_files(root: str) -> tuple[str, list[dict[str, object]]]:
    """Return the zone as the C library finds it: /etc/localtime, and UTC without one."""
    localtime = _localtime(root)
    if os.path.islink(localtime):
        name = _below_zoneinfo(os.path.join("/etc", os.readlink(localtime)))
        if name:
            return name, []
    named = _first_line(_timezone(root))
    if not os.path.lexists(localtime):
        return (named if root != "/" else "") or "UTC", []
    if named and _content(localtime) == _content("/usr/share/zoneinfo/" + named):
        return named, []
    what = "cannot tell the time zone: /etc/localtime names none"
    hint = "make it a link into /usr/share/zoneinfo (timedatectl set-timezone ZONE)"
    return "UTC", [lines.problem("agent", "", what, hint)]


def _below_zoneinfo(path: str) -> str:
    """Return `Europe/Prague` of `/usr/share/zoneinfo/Europe/Prague`, nothing of another path."""
    name = os.path.normpath(path).partition("/zoneinfo/")[2]
    return name.removeprefix("posix/")


def _localtime(root: str) -> str:
    return os.path.join(root, "etc/localtime")


def _timezone(root: str) -> str:
    return os.path.join(root, "etc/timezone")


def _cron_process() -> str | None:
    for file in ("/run/crond.pid", "/var/run/crond.pid"):
        pid = _first_line(file)
        if pid.isdigit() and _first_line("/proc/%s/comm" % pid) in _NAMES:
            return pid
    return next(filter(_is_cron, filter(str.isdigit, os.listdir("/proc"))), None)


def _is_cron(pid: str) -> bool:
    """Tell whether a process is called so; a node has thousands, so each costs three calls."""
    try:
        comm = os.open("/proc/%s/comm" % pid, os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.read(comm, 16) in _COMMS
    except OSError:  # it has just ended
        return False
    finally:
        os.close(comm)


def _environment(pid: str) -> dict[str, str]:
    text = _content("/proc/%s/environ" % pid).decode(errors="replace")
    return dict(item.partition("=")[::2] for item in text.split("\0") if "=" in item)


def _changed_since(pid: str) -> bool:
    """Tell whether /etc/localtime is younger than the process."""
    fields = _content("/proc/%s/stat" % pid).rpartition(b")")[2].split()
    boot = [line for line in _content("/proc/stat").split(b"\n") if line.startswith(b"btime ")]
    if not fields or not boot or not os.path.lexists("/etc/localtime"):
        return False
    started = int(boot[0].split()[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return os.lstat("/etc/localtime").st_mtime > started + 1


def _first_line(path: str) -> str:
    return _content(path).decode(errors="replace").partition("\n")[0].strip()


def _content(path: str) -> bytes:
    """Return a file's bytes, none where it cannot be read: each caller has a next place to ask."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""

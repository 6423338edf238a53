"""The crontab of the user that we run as, through the `crontab` program. Must not: change text."""

from __future__ import annotations

import os

from holdfast.agent.failure import Failed

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

_EMPTY = b"no crontab for"
# Debian's `crontab -l` (3.0pl1) writes these two characters as an escape takes them.
_ESCAPED = ((b"\r", rb"\r"), (b"\b", rb"\b"))
_SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron")
_HEADER = 3  # lines on top of the file that it does not show


def read(layout: Layout) -> bytes:
    """Return the whole crontab, empty if there is none; raise Failed if that cannot be told."""
    if layout.root != "/":
        return _read_file(layout)
    import subprocess  # noqa: PLC0415 - only nodes without /etc/cron.d pay for it

    try:
        done = subprocess.run(
            ["crontab", "-l"], capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise Failed("there is no `crontab` here: install cron (cronie on RHEL)") from None
    if done.returncode == 0:
        return _unescaped(done.stdout)
    if done.returncode == 1 and _EMPTY in done.stderr:
        return b""
    raise Failed("crontab -l: exit %d: %s" % (done.returncode, _words(done.stderr)))


def write(layout: Layout, content: bytes) -> None:
    """Replace the whole crontab."""
    if layout.root != "/":
        from holdfast.agent import atomic  # noqa: PLC0415 - a read must not pay for it

        atomic.write(_file(layout), content, 0o600)
        return
    import subprocess  # noqa: PLC0415

    done = subprocess.run(["crontab", "-"], input=content, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed("crontab refused the new table: " + _words(done.stderr))


def _unescaped(shown: bytes) -> bytes:
    """Return a crontab as it is, for what is shown may stand there so or be an escape."""
    if not any(escape in shown for _, escape in _ESCAPED):
        return shown
    lines = _spooled().split(b"\n")
    for header in range(_HEADER + 1):
        stored = b"\n".join(lines[header:])
        if stored == shown or _as_shown(stored) == shown:
            return stored
    hint = "take them out (crontab -e), or run as root, who may read its file"
    raise Failed("`crontab -l` shows \\r or \\b, which may stand for other characters: " + hint)


def _as_shown(stored: bytes) -> bytes:
    for character, escape in _ESCAPED:
        stored = stored.replace(character, escape)
    return stored


def _spooled() -> bytes:
    """Return the file behind the crontab; nothing where it cannot be read."""
    import pwd  # noqa: PLC0415 - hardly a crontab needs it

    user = pwd.getpwuid(os.geteuid()).pw_name
    for folder in _SPOOLS:
        try:
            with open(os.path.join(folder, user), "rb") as file:
                return file.read()
        except OSError:  # elsewhere, or not for us to read: then the caller says so
            continue
    return b""


def _file(layout: Layout) -> str:
    return layout.under("/var/spool/cron/crontabs/root")


def _read_file(layout: Layout) -> bytes:
    try:
        with open(_file(layout), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _words(stderr: bytes) -> str:
    return stderr.decode(errors="replace").strip()[:200] or "it said nothing"


def exists(layout: Layout) -> bool:
    """Tell whether this node has crontabs at all."""
    import shutil  # noqa: PLC0415

    return layout.root != "/" or shutil.which("crontab") is not None

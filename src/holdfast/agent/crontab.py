"""The crontab of the user that we run as, through the `crontab` program. Must not: change text."""

from __future__ import annotations

from holdfast.agent.failure import Failed

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

_EMPTY = b"no crontab for"


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
        return done.stdout
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

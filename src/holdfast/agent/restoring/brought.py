"""What a stream brings along beside the data: settings, which whoever made the stream chose.

Our own streams bring none. A mountpoint, a share or a quota of somebody else's would say what this
node mounts where, to whom it gives it and how much may be written, so none is taken over.
"""

from __future__ import annotations

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command, features

# Never in force, not even while it is received, where the ZFS can be told so. All of them are ones
# that a dataset inherits: of others not every version takes the word.
_EXCLUDED = ("mountpoint", "sharenfs", "sharesmb", "setuid", "exec", "devices")
# What no dataset inherits, and what it is where nobody has said anything.
_FRESH = {
    "canmount": "on",
    "keylocation": "prompt",
    **dict.fromkeys(("quota", "refquota", "reservation", "refreservation"), "none"),
    **dict.fromkeys(("filesystem_limit", "snapshot_limit"), "none"),
}


def excluding() -> tuple[str, ...]:
    """Return the flags of a receive that leave out what must not hold for a moment."""
    if not features.here().excludes:
        return ()
    return tuple(word for name in _EXCLUDED for word in ("-x", name))


def drop(dataset: str) -> str:
    """Undo all settings that came to a dataset and those below it; return what is to be told.

    Raises Failed where one of them cannot be undone.
    """
    came = _received(dataset)
    for path, name in came:
        if name in _FRESH:
            command.run("set", "%s=%s" % (name, _FRESH[name]), path)
        else:
            command.run("inherit", name, path)
    if not came:
        return ""
    names = ", ".join(sorted({name for _, name in came}))
    if _received(dataset):
        raise Failed("settings that the stream brought cannot be undone, among them: %s" % names)
    return "settings that the stream brought were not taken over: %s" % names


def _received(dataset: str) -> list[tuple[str, str]]:
    """Return the settings in force that came with a stream, by dataset; not those of snapshots."""
    # Without the values: one of several lines would speak of any dataset.
    told = command.run("get", "-H", "-r", "-s", "received", "-o", "name,property", "all", dataset)
    pairs = (line.partition("\t") for line in told.splitlines())
    return [(path, name) for path, _, name in pairs if "@" not in path]

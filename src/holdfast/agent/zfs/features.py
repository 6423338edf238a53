"""Features: what this node's ZFS can do, by its own words and never guessed from a version."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command

_SHOWN = 200  # characters of what it says instead
_FLAGS = re.compile(r"\[-([A-Za-z]+)\]")


class Features(NamedTuple):
    """What not every ZFS has."""

    encrypts: bool  # it may have datasets that it encrypts itself
    raw: bool  # an encrypted dataset is sent as it is, and received so
    resume: bool  # a receive that broke off goes on where it ended
    excludes: bool  # a receive leaves out settings that the stream brings
    estimates: bool  # a send tells how long it would be


@functools.lru_cache(maxsize=None)
def asked() -> command.Started:
    """Start what tells `here` how `zfs` is used, as it does where no command is named."""
    return command.Started()


@functools.lru_cache(maxsize=None)
def here() -> Features:
    """Return what the `zfs` program of this node says that it can do."""
    with asked() as started:
        asked.cache_clear()
        return told(started.complaint())


def told(usage: str) -> Features:
    """Return what the usage of all commands tells; raise Failed where it is none. Pure."""
    if "\n\tsend " not in usage:
        raise Failed("zfs does not tell how it is used: %s" % " ".join(usage.split())[:_SHOWN])
    encrypts = "key" in usage  # what is encrypted needs one: `load-key` of OpenZFS, `key` elsewhere
    send, receive = (_of(word, usage) for word in ("send", "receive"))
    sends, receives = ("".join(_FLAGS.findall(text)) for text in (send, receive))
    resumes = "receive_resume_token" in send and "s" in receives
    excludes, estimates = "[-x <property>]" in receive, {"n", "v", "P"} <= set(sends)
    return Features(encrypts, "w" in sends, resumes, excludes, estimates)


def _of(word: str, usage: str) -> str:
    """Return how one command is used: its lines, and those further in that they go on with."""
    return "\n".join(re.findall(r"^\t%s .*(?:\n\t +.*)*" % word, usage, re.MULTILINE))

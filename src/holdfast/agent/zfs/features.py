"""Features: what this node's ZFS can do, by its own words and never guessed from a version."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from holdfast.agent.zfs import command

_FLAGS = re.compile(r"\[-([A-Za-z]+)\]")


class Features(NamedTuple):
    """What not every ZFS has."""

    raw: bool  # an encrypted dataset is sent as it is, and received so
    resume: bool  # a receive that broke off goes on where it ended
    excludes: bool  # a receive leaves out settings that the stream brings


@functools.lru_cache(maxsize=None)
def here() -> Features:
    """Return what the `zfs` program of this node says that it can do."""
    return told(command.usage("send"), command.usage("receive"))


def told(send: str, receive: str) -> Features:
    """Return what two usage texts tell. Pure."""
    sends, receives = ("".join(_FLAGS.findall(text)) for text in (send, receive))
    resumes = "receive_resume_token" in send and "s" in receives
    return Features("w" in sends, resumes, "[-x <property>]" in receive)

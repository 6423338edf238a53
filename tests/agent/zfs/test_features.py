"""Features: what a `zfs` says of itself, in the words of OpenZFS and of zfs-fuse."""

from __future__ import annotations

import pytest

from agent.zfs.scripted import FUSE_RECEIVE, FUSE_SEND, RECEIVE, SEND, USAGE
from holdfast.agent.zfs import features
from holdfast.agent.zfs.features import Features

NOTHING = Features(raw=False, resume=False, excludes=False, estimates=False)


@pytest.mark.parametrize(
    ("send", "receive", "wanted"),
    [
        (SEND, RECEIVE, Features(raw=True, resume=True, excludes=True, estimates=True)),
        (FUSE_SEND, FUSE_RECEIVE, NOTHING),
        (SEND, FUSE_RECEIVE, NOTHING._replace(raw=True, estimates=True)),
        ("", "", NOTHING),
    ],
)
def test_what_a_zfs_can_is_what_it_says(send: str, receive: str, wanted: Features) -> None:
    assert features.told(USAGE % (send, receive)) == wanted

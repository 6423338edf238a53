"""Features: what a `zfs` says of itself, in the words of OpenZFS and of zfs-fuse."""

from __future__ import annotations

import pytest

from agent.zfs.scripted import FUSE_RECEIVE, FUSE_SEND, LOAD_KEY, RECEIVE, SEND, USAGE
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import features
from holdfast.agent.zfs.features import Features

NOTHING = Features(encrypts=False, raw=False, resume=False, excludes=False, estimates=False)
ALL = Features(encrypts=True, raw=True, resume=True, excludes=True, estimates=True)


@pytest.mark.parametrize(
    ("send", "receive", "wanted"),
    [
        (SEND, RECEIVE + LOAD_KEY, ALL),
        (SEND, RECEIVE, ALL._replace(encrypts=False)),
        (FUSE_SEND, FUSE_RECEIVE, NOTHING),
        (SEND, FUSE_RECEIVE, NOTHING._replace(raw=True, estimates=True)),
    ],
)
def test_what_a_zfs_can_is_what_it_says(send: str, receive: str, wanted: Features) -> None:
    assert features.told(USAGE % (send, receive)) == wanted


@pytest.mark.parametrize(
    "said", ["", "cannot open '/dev/zfs': Permission denied\n", USAGE % ("", RECEIVE)]
)
def test_a_zfs_that_does_not_say_it_is_not_taken_for_one_that_cannot(said: str) -> None:
    with pytest.raises(Failed, match="zfs does not tell how it is used"):
        features.told(said)

"""Which paths are refused: ours, cron's and the kernel's, and all that hold ours."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from holdfast.agent import places


@pytest.mark.parametrize("tree", places.OURS)
def test_our_trees_what_is_in_them_and_what_holds_them_are_refused(tree: str) -> None:
    assert places.refusal(tree)
    assert places.refusal(tree + "/deep/in")
    for parent in PurePosixPath(tree).parents:
        assert places.refusal(str(parent))


@pytest.mark.parametrize(
    "path",
    ["/mnt/nas", "/var/lib/holdfast2", "/var/lib/libvirt/images", "/opt/x", "/devices", "/s"],
)
def test_all_else_can_be_used(path: str) -> None:
    assert places.refusal(path) == ""


@pytest.mark.parametrize("path", ["/proc", "/sys/fs", "/dev/sda", "/run/user/0", "/var/run/x"])
def test_the_kernels_trees_are_no_disks(path: str) -> None:
    assert "is no disk" in places.refusal(path)

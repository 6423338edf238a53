"""What is told of a `zfs` that failed: its reason, not what it warned of on the way."""

from __future__ import annotations

import pytest

from holdfast.agent.zfs import command

WARNED = "Warning: tank/x: property 'mountpoint' does not apply to datasets of this type"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("cannot receive:\n  out of room\n", "cannot receive: out of room"),
        (f"{WARNED}\n{WARNED}\ncannot receive\n", "cannot receive"),
        (f"{WARNED}\n", WARNED),
        ("warning: cannot send 'tank/x': gone", "warning: cannot send 'tank/x': gone"),
        ("", "it failed without a word"),
    ],
)
def test_the_reason_is_told_without_warnings(said: str, told: str) -> None:
    assert str(command.failure(("receive", "-u", "tank/x"), said)) == f"zfs receive tank/x: {told}"

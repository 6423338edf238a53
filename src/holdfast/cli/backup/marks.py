"""What `lock`, `unlock` and `note` share: one act on one named backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.cli import output
from holdfast.cli.backup import common
from holdfast.engine.act import Act
from holdfast.engine.pick import named

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.pick import Where


def mark(directory: Path, where: Where, act: str, name: str, **arguments: object) -> int:
    """Do one act on one backup and say so."""
    doing = common.doing(directory)
    (backup,) = named(doing.reach, where, common.NODES, [name])
    doing.perform(Act.on(act, backup, **arguments))
    output.say(f"{name}: {act} done on {backup.node}")
    return 0

"""`holdfast retention approve`: agree that old backups go which wait for it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from holdfast.agent.backups.retention import Rule
from holdfast.cli import options, output
from holdfast.cli.retention import common
from holdfast.engine.act import Act, Doing
from holdfast.engine.author import author
from holdfast.engine.preview import Policy, preview
from holdfast.engine.report import REFUSED, any_error
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.cli.retention.common import Kept
    from holdfast.engine.preview import Preview


@click.command()
@common.identity
@options.inventory
@options.accept
def approve(definition: str, directory: Path, accepted: tuple[str, ...]) -> int:
    """Agree that the backups of a definition go which its retention drops and nobody agreed to.

    Rotation removes them after the next good backup. In scripts, --accept lose@DIGEST as `retention
    preview` tells it: the digest is that of those very backups.
    """
    kept = common.kept(directory, definition)
    output.problems(kept.found.problems)
    output.unread(kept.found.unread)
    if kept.found.unread or any_error(kept.found.problems):
        raise click.ClickException("not all backups can be seen: nothing was agreed to")
    now = datetime.now(UTC)
    declared = kept.promise.definition
    policy = Policy(definition, Rule(**declared.retention.counts), kept.promise.timezone)
    told = preview(kept.own, policy, now)
    if not told.waiting:
        output.say(f"{definition}: no backup waits for approval")
        return 0
    if told.consent not in accepted and not _agreed(told):
        output.say("not approved; nothing was changed")
        return REFUSED
    _approve(kept, told, directory)
    return 0


def _agreed(told: Preview) -> bool:
    if not sys.stdin.isatty():
        output.say(table.waiting(told))
        return False
    output.say(table.preview(told))
    return click.confirm(f"Let these {len(told.waiting)} backups go?", err=True)


def _approve(kept: Kept, told: Preview, directory: Path) -> None:
    doing = Doing(kept.reach, author(directory, os.environ), lambda _: None)
    arguments = {"definition": told.definition, "names": list(told.waiting)}
    doing.perform(Act("approve", kept.promise.node, arguments))
    output.say(f"{told.definition}: {len(told.waiting)} approved; they go after the next backup")

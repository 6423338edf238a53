"""`holdfast backup now`: start a run at once, in its turn, and follow it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.members import mapping, text
from holdfast.engine.report import ERROR, INTERRUPTED, OK
from holdfast.errors import Unreachable
from holdfast.inventory.select import promises
from holdfast.views.words import clean

if TYPE_CHECKING:
    from pathlib import Path

_GOES_ON = "the run goes on there: see `holdfast status`, or end it with `backup cancel`"


@click.command()
@click.argument("definition", metavar="ID")
@options.inventory
def now(definition: str, directory: Path) -> int:
    """Start a run of the definition ID, such as daily@web01:1, at once, and follow it.

    It waits its turn on the node, and goes on there whatever becomes of this session.
    """
    doing = common.doing(directory)
    known = {promise.id: promise for promise in promises(doing.reach.inventory)}
    if definition not in known:
        near = get_close_matches(definition, known, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise click.ClickException(f"{directory}: there is no definition {definition}{hint}")
    node = known[definition].node
    try:
        result = doing.perform(Act("now", node, {"definition": definition}))
    except KeyboardInterrupt:
        output.say(f"no longer followed; {_GOES_ON}")
        return INTERRUPTED
    except Unreachable as error:
        raise Unreachable(node, f"{error.message}; if it had begun, {_GOES_ON}") from error
    with fitting(node):
        run = mapping(result, "run")
        ended, reason, made = (text(run, member) for member in ("status", "reason", "backup"))
    if made:
        click.echo(clean(f"{definition.partition('@')[2]}/{made}"))
    if reason:
        output.say(f"{definition}: {ended}: {reason}")
    return OK if ended in ("success", "warning") else ERROR

"""`holdfast apply`: make a plan true, after asking."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output, saved
from holdfast.engine.author import author
from holdfast.engine.carry import carry, of_inventory, stale
from holdfast.engine.reach import Purpose
from holdfast.engine.report import OK, REFUSED, Report, plan_codes, worst
from holdfast.engine.review import review
from holdfast.plan.scope import Scope
from holdfast.views import report as report_view
from holdfast.views.human import human

if TYPE_CHECKING:
    from holdfast.engine.report import Outcome
    from holdfast.plan.plan import Plan


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@options.compared
@options.accept
@options.shape("human", "json")
@click.option(
    "--auto-approve", "approved", is_flag=True, envvar="HOLDFAST_AUTO_APPROVE", help="Do not ask."
)
def apply(
    file: Path | None,
    directory: Path,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    parallelism: int,
    accepted: tuple[str, ...],
    form: str,
    approved: bool,
) -> int:
    """Make it so: what FILE, a saved plan, says, or what a plan of this moment says."""
    scope = Scope(targets, excludes)
    given = saved.load(file) if file else None
    if given is not None and scope.filters:
        raise click.UsageError("a saved plan has its own --target and --exclude")
    seen = review(directory, Scope.of(given.scope) if given else scope, Purpose.APPLY, parallelism)
    output.problems(seen.inventory.warnings)
    wanted = seen.plan if given is None else of_inventory(given, seen.plan.inventory)
    if form == "human":
        output.plan(wanted, form)
    if wanted.refusals(frozenset(accepted)):
        output.say("refused by a guard; nothing was changed")
        return worst([REFUSED, *plan_codes(wanted)])
    if not wanted.changes:
        return _finish(Report(wanted, ()), form) if form == "json" else worst(plan_codes(wanted))
    if not approved and not file and not _agreed(wanted, form):
        output.say("not applied; nothing was changed")
        return OK
    outdated = stale(wanted, seen.plan)
    by = author(directory, os.environ)
    return _finish(carry(seen, wanted, outdated, by, _tell, parallelism), form)


def _agreed(plan: Plan, form: str) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to ask: give --auto-approve, or a saved plan")
    if form == "json":  # stdout is for the report, and nobody agrees to what was not shown
        click.echo(human(plan), nl=False, err=True)
    return click.confirm(f"Apply this to {_count(plan)}?", err=True)


def _count(plan: Plan) -> str:
    devices = sum("/" in target for target in plan.targets)
    nodes = len(plan.targets) - devices
    return f"{nodes} nodes" + (f" and {devices} LoadMasters" if devices else "")


def _tell(outcome: Outcome) -> None:
    # Whoever watched may be gone, as with `2>&1 | head`; the node in hand is finished all the same.
    with suppress(BrokenPipeError):
        click.echo(report_view.line(outcome), err=True)


def _finish(report: Report, form: str) -> int:
    view = report_view.as_json if form == "json" else report_view.human
    click.echo(view(report), nl=False)
    return report.exit_code

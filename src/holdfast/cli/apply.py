"""`holdfast apply`: make a plan true, after asking."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.engine.author import author
from holdfast.engine.carry import carry, stale
from holdfast.engine.reach import Purpose
from holdfast.engine.report import OK, REFUSED, Report, plan_codes, worst
from holdfast.engine.review import Review, review
from holdfast.plan import planfile
from holdfast.plan.scope import Scope
from holdfast.views import report as report_view

if TYPE_CHECKING:
    from holdfast.engine.report import Outcome


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@options.inventory
@options.target
@options.exclude
@options.parallelism
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
    seen = review(directory, Scope(targets, excludes), Purpose.APPLY, parallelism)
    output.problems(seen.inventory.warnings)
    saved = planfile.loads(file.read_text(encoding="utf-8")) if file else seen.plan
    if form == "human":
        output.plan(saved, form)
    if saved.refusals(frozenset(accepted)):
        click.echo("refused by a guard; nothing was changed", err=True)
        return worst([REFUSED, *plan_codes(saved)])
    if not saved.changes:
        return _finish(Report(saved, ()), form) if form == "json" else worst(plan_codes(saved))
    if not approved and not file and not _agreed(seen):
        click.echo("not applied; nothing was changed", err=True)
        return OK
    report = carry(
        seen, saved, stale(saved, seen.plan), author(directory, os.environ), _tell, parallelism
    )
    return _finish(report, form)


def _agreed(seen: Review) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to ask: give --auto-approve, or a saved plan")
    return click.confirm(f"Apply this to {len(seen.plan.targets)} nodes?", err=True)


def _tell(outcome: Outcome) -> None:
    click.echo(report_view.line(outcome), err=True)


def _finish(report: Report, form: str) -> int:
    view = report_view.as_json if form == "json" else report_view.human
    click.echo(view(report), nl=False)
    return report.exit_code

"""`holdfast plan`: what would change; writes nothing but the file of -o."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli import options, output, saved
from holdfast.engine.reach import Purpose
from holdfast.engine.report import FINDINGS, REFUSED, plan_codes, worst
from holdfast.engine.review import review
from holdfast.plan.scope import Scope


@click.command()
@options.compared
@options.shape("human", "json", "markdown")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="HOLDFAST_OUT",
    help="Save the plan for `apply FILE`; it holds no secrets.",
)
@click.option(
    "--detailed-exitcode",
    "detailed",
    is_flag=True,
    envvar="HOLDFAST_DETAILED_EXITCODE",
    help="Exit 2 when there are changes, 10 when a guard refuses them.",
)
def plan(
    directory: Path,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    parallelism: int,
    form: str,
    out: Path | None,
    detailed: bool,
) -> int:
    """Show what would change on nodes and devices."""
    seen = review(directory, Scope(targets, excludes), Purpose.READ, parallelism)
    output.problems(seen.inventory.warnings)
    output.plan(seen.plan, form)
    if out is not None:
        saved.save(out, seen.plan)
        output.say(f"saved: holdfast apply {out}")
    codes = plan_codes(seen.plan)
    if detailed:
        codes += [FINDINGS] if seen.plan.changes else []
        codes += [REFUSED] if seen.plan.refusals(frozenset()) else []
    return worst(codes)

"""`holdfast drift`: what somebody changed behind git's back; exit 2 when anybody did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.engine.reach import Purpose
from holdfast.engine.report import FINDINGS, any_finding, plan_codes, worst
from holdfast.engine.review import review
from holdfast.plan.scope import Scope
from holdfast.views.human import UNTOUCHED

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.compared
@options.shape("human", "json", "markdown")
@click.option(
    "--pending",
    is_flag=True,
    envvar="HOLDFAST_PENDING",
    help="Count changes of the inventory that were not applied, too.",
)
def drift(
    directory: Path,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    parallelism: int,
    form: str,
    pending: bool,
) -> int:
    """Tell whether somebody changed it behind git's back."""
    seen = review(directory, Scope(targets, excludes), Purpose.READ, parallelism)
    found = seen.plan.changes if pending else seen.plan.drifted
    if pending:
        output.plan(seen.plan, form)
    else:
        # Guards and losses are about what an apply would do; nobody asked for one.
        shown = replace(seen.plan, changes=found, checks=(), losses=(), effects=())
        output.plan(shown, form, UNTOUCHED)
    looked = bool(found) or any_finding(seen.plan.problems)
    return worst([*plan_codes(seen.plan), *([FINDINGS] if looked else [])])

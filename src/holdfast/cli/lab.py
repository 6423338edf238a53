"""`holdfast lab`: the embedded lab of local nodes that the inventory describes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from holdfast.cli import options
from holdfast.cli.lab_loadmaster import loadmaster
from holdfast.engine.report import OK, PARTIAL
from holdfast.inventory.load import load
from holdfast.lab import appliances, nodes
from holdfast.lab import tick as ticking
from holdfast.views.words import clean

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def lab() -> None:
    """Run the embedded lab: nodes that are directories of this machine, simulated LoadMasters."""


lab.add_command(loadmaster)


@lab.command()
@options.inventory
def up(directory: Path) -> int:
    """Make every local node of the inventory, with sample disks, and start its LoadMasters."""
    inventory = load(directory)
    for line in chain(nodes.up(inventory), appliances.up(inventory)):
        click.echo(line)
    return OK


@lab.command()
@options.inventory
def down(directory: Path) -> int:
    """Stop the LoadMasters and remove the local nodes that `up` made, backups included."""
    inventory = load(directory)
    for line in chain(appliances.down(inventory), nodes.down(inventory)):
        click.echo(line)
    return OK


@lab.command(name="set")
@click.argument("name")
@click.argument("parameters", nargs=-1, required=True, metavar="PARAMETER=VALUE...")
@options.inventory
def change(name: str, parameters: tuple[str, ...], directory: Path) -> int:
    """Set parameters of a LoadMaster of the lab, as somebody at its web interface does."""
    pairs = [parameter.partition("=") for parameter in parameters]
    if not all(equals for _, equals, _ in pairs):
        raise click.BadParameter("give PARAMETER=VALUE, such as backuphour=5")
    appliances.change(load(directory), name, {key: value for key, _, value in pairs})
    click.echo(f"LoadMaster {name}: set {', '.join(parameters)}")
    return OK


@lab.command()
@click.argument("name")
@click.argument("parameter")
@options.inventory
def get(name: str, parameter: str, directory: Path) -> int:
    """Show a parameter of a LoadMaster of the lab, as its web interface does."""
    click.echo(clean(appliances.shown(load(directory), name, parameter)))
    return OK


@lab.command()
@options.inventory
@click.option(
    "--at",
    metavar="TIME",
    envvar="HOLDFAST_AT",
    help="HH:MM (the next one, in the lab's zone) or 2026-11-22T02:00; default: now.",
)
def tick(directory: Path, at: str | None) -> int:
    """Do what cron would do in one minute with the cron files that are installed."""
    instant = _instant(at, datetime.now(UTC))
    local = instant.astimezone(ZoneInfo(nodes.ZONE))
    click.echo(f"standing in for cron at {local:%Y-%m-%d %H:%M} {nodes.ZONE}")
    codes = []
    for node, root in nodes.roots(load(directory)).items():
        for fired in ticking.tick(node, root, instant):
            said = f": {fired.said}" if fired.said else ""
            click.echo(clean(f"  {fired.node}  {fired.entry}  -> exit {fired.code}{said}"))
            codes.append(fired.code)
    if not codes:
        click.echo("  no installed entry fires in that minute")
    return PARTIAL if any(codes) else OK


def _instant(at: str | None, now: datetime) -> datetime:
    """Return the minute that is meant; HH:MM is the next such time."""
    if at is None:
        return now
    zone = ZoneInfo(nodes.ZONE)
    try:
        if "T" in at:
            instant = datetime.fromisoformat(at)
            return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
        time = datetime.strptime(at, "%H:%M").replace(tzinfo=zone)
    except ValueError as error:
        raise click.BadParameter(
            f"{at!r} is neither HH:MM nor 2026-11-22T02:00", param_hint="'--at'"
        ) from error
    today = now.astimezone(zone).replace(hour=time.hour, minute=time.minute, second=0)
    return (today if today > now else today + timedelta(days=1)).astimezone(UTC)

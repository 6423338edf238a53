"""What `holdfast backup restore` does with a LoadMaster's backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.agent.loadmaster.parts import parse
from holdfast.cli import output
from holdfast.cli.backup import common
from holdfast.engine.reinstate import Order, device, now_called, reinstate, unlock
from holdfast.engine.report import OK, PARTIAL

if TYPE_CHECKING:
    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


def order(
    inventory: Inventory, backup: Stored, to: str | None, parts: str, accepted: tuple[str, ...]
) -> Order:
    """Return what was asked for in words; raise UsageError for parts that there are not."""
    names = tuple(name.strip() for name in parts.split(","))
    try:
        parse(names)
    except ValueError as error:
        raise click.UsageError(f"--parts: {error}") from None
    return Order(to or now_called(inventory, backup.source), names, accepted)


def put_back(
    doing: Doing, backup: Stored, asked: Order, identity: str | None, destroys: str | None
) -> int:
    """Restore a LoadMaster once its name was typed or given; 3 where it is not known to be well."""
    inventory = doing.reach.inventory
    device(inventory, backup, asked.loadmaster)
    keys = unlock(doing, backup, asked, identity)
    address = inventory.loadmasters[asked.loadmaster].address
    what = f"{parse(asked.parts)} of {asked.loadmaster} ({address}) are replaced by {backup.name}"
    if asked.loadmaster != now_called(inventory, backup.source) and parse(asked.parts).may_cut_off:
        what += f": with its base come the addresses, users and keys of {backup.source}"
    common.agreed(asked.loadmaster, destroys, what)
    done = reinstate(doing, backup, asked, keys)
    how = "restored" if done.confirmed else "sent"
    output.say(f"{backup.name}: {how} to {asked.loadmaster}")
    if done.saved:
        output.say(f"what was there before is {done.saved}")
    if done.told:
        output.say(f"{asked.loadmaster}: {done.told}")
    return OK if done.answered and done.confirmed else PARTIAL

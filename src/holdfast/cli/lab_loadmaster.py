"""`holdfast lab loadmaster`: simulated LoadMasters until it is stopped."""

from __future__ import annotations

import json
import signal

import click

from holdfast.engine.report import OK
from holdfast.lab.loadmaster.firmware import DEFAULT, Firmware


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="HOLDFAST_PORT",
    help="Of the first; default: a free one.",
)
@click.option(
    "--firmware",
    default=DEFAULT,
    show_default=True,
    metavar="VERSION",
    envvar="HOLDFAST_FIRMWARE",
    help="Which one it says that it has.",
)
@click.option(
    "--user",
    default="bal",
    show_default=True,
    envvar="HOLDFAST_USER",
    help="The user that may do all.",
)
@click.option(
    "--password",
    envvar="HOLDFAST_PASSWORD",
    help="Of the simulated user only; default: a random one.",
)
@click.option(
    "--count",
    type=click.IntRange(1, 1000),
    default=1,
    envvar="HOLDFAST_COUNT",
    help="Devices, a port each.",
)
@click.option(
    "--ha",
    is_flag=True,
    envvar="HOLDFAST_HA",
    help="An HA pair with a shared address; --count above 1 adds single devices.",
)
def loadmaster(
    port: int | None, firmware: str, user: str, password: str | None, count: int, ha: bool
) -> int:
    """Simulate LoadMasters; the first line of output is JSON that says how to reach them."""
    from holdfast.lab.loadmaster.estate import Estate, Order  # noqa: PLC0415  # loads cryptography

    try:
        version = Firmware.parse(firmware)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--firmware") from error
    # Blocked in all threads and waited for in one: a handler would run only once the main
    # thread wakes up, and the kernel may give the signal to another.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    pairs = 1 if ha else 0
    order = Order(0 if ha and count == 1 else count, pairs, version, user, password, port or 0)
    with Estate(order) as estate:
        click.echo(json.dumps(estate.announcement()))
        signal.sigwait(signals)
    return OK

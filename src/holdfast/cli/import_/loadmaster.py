"""`holdfast import loadmaster`: a device that exists, as YAML."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import click

from holdfast.cli import options, output
from holdfast.cli.import_ import common
from holdfast.engine.act import Act, Doing
from holdfast.engine.author import author
from holdfast.engine.credentials import resolve
from holdfast.engine.decode import fitting
from holdfast.engine.existing import loadmaster as existing
from holdfast.engine.existing.loadmaster import Entry, coloned
from holdfast.engine.pick import refuse_unknown_node
from holdfast.engine.reach import Reach
from holdfast.engine.report import OK
from holdfast.errors import SecretError
from holdfast.inventory.load import load
from holdfast.model import scalar
from holdfast.model.loadmaster import fingerprint
from holdfast.model.location import https
from holdfast.model.secret import secret
from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from holdfast.model.secret import SecretRef

_PORT = 443
_Value = TypeVar("_Value")


@click.command()
@click.argument("address", metavar="https://HOST[:PORT]")
@options.inventory
@click.option("--connector", default="", envvar="HOLDFAST_CONNECTOR", help="Node that reaches it.")
@click.option(
    "--api-key",
    "reference",
    default="",
    envvar="HOLDFAST_API_KEY",
    metavar="env/NAME",
    help="Where its API key is: env/NAME or file/PATH, never the key itself.",
)
@click.option("--name", default="", envvar="HOLDFAST_NAME", help="Default: its host name.")
@click.option(
    "--sha256",
    default="",
    envvar="HOLDFAST_SHA256",
    help="Its certificate's fingerprint, if you know it: then nothing is asked.",
)
@common.out
def loadmaster(
    address: str,
    directory: Path,
    connector: str,
    reference: str,
    name: str,
    sha256: str,
    out: Path | None,
) -> int:
    """Write the entry of a LoadMaster, its automated backup as it is; nothing is changed there.

    The key is sent to the connector for this one look, and not kept there.
    """
    for flag, value in (("--connector", connector), ("--api-key", reference)):
        if not value:
            raise click.UsageError(f"{flag} is missing")
    inventory = load(directory)
    refuse_unknown_node(inventory, connector)
    url, key = _typed(https, address, "ADDRESS"), _typed(secret, reference, "--api-key")
    value = _value(key, inventory.base)
    parts = urlsplit(url)
    place: dict[str, object] = {"host": parts.hostname, "port": parts.port or _PORT}
    doing = Doing(Reach(inventory, os.environ), author(directory, os.environ), lambda _: None)
    pin = _typed(fingerprint, sha256, "--sha256") if sha256 else _confirmed(doing, connector, place)
    arguments = {**place, "sha256": pin, "api_key": value}
    told = doing.perform(Act("appliance", connector, arguments))
    with fitting(connector):
        found = existing.appliance(told)
    name = _typed(scalar.name, name or found.hostname, "--name")
    if name in inventory.declared["loadmasters"] | inventory.declared["servers"]:
        raise click.ClickException(f"{name} is in the inventory already; give another --name")
    common.write(existing.loadmaster(Entry(name, url, connector, key, pin), found), out)
    return OK


def _typed(parse: Callable[[str], _Value], text: str, hint: str) -> _Value:
    try:
        return parse(text)
    except Wrong as wrong:
        raise click.BadParameter(f"{wrong}", param_hint=hint) from None


def _value(reference: SecretRef, base: Path) -> str:
    value = resolve(reference, base, os.environ)
    if value is None:
        raise SecretError(f"{reference} is not set here")
    return value


def _confirmed(doing: Doing, connector: str, place: dict[str, object]) -> str:
    """Return the fingerprint that is served, once a person has said that it is the right one."""
    told = doing.perform(Act("certificate", connector, place))
    with fitting(connector):
        found = existing.certificate(told)
        pin = fingerprint(found.sha256)
    output.say(f"{place['host']}:{place['port']} shows {connector} this certificate:")
    output.say(f"  SHA-256 {coloned(pin)}, {found.words}")
    output.say("Nobody vouches for it: this is trust on first use, and it is pinned from here on.")
    output.say("Compare it with what the device's own console or web interface shows.")
    if not sys.stdin.isatty():
        raise click.UsageError(f"nobody is there to ask: compare it, then give --sha256 {pin}")
    click.confirm("Is it the same?", abort=True, err=True)
    return pin

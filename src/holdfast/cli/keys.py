"""`holdfast keys`: the age keys that backups are encrypted to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from holdfast.agent import timestamp
from holdfast.engine.written import make


@click.group()
def keys() -> None:
    """Make age keys: recipients for `encrypt_to`, identities to restore with."""


@keys.command()
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="HOLDFAST_OUTPUT",
    help="The file to make, for its owner alone; never one that is there.",
)
def generate(file: Path | None) -> int:
    """Make an identity as `age-keygen` does; its recipient is told on stderr.

    Keep the identity off the nodes, and in more than one place: what is encrypted to it is lost
    without it.
    """
    from holdfast.agent.age import x25519  # noqa: PLC0415  # loads cryptography

    identity = x25519.generate()
    recipient = x25519.recipient_of(identity)
    created = timestamp.to_text(datetime.now(UTC))
    text = f"# created: {created}\n# public key: {recipient}\n{identity.reveal()}\n"
    if file is None:
        click.echo(text, nl=False)
    else:
        make({file: text}, 0o600)
    click.echo(f"Public key: {recipient}", err=True)
    return 0

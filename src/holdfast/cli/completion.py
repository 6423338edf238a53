"""`holdfast completion`: the script that makes a shell complete commands and flags."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the completion script of a shell: `source <(holdfast completion bash)`."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"no completion for {shell}")
    root = ctx.find_root().command
    click.echo(kind(root, {}, "holdfast", "_HOLDFAST_COMPLETE").source())
    return 0

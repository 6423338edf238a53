"""Text on the command line that goes on to a node: UTF-8, as all that is said to one."""

from __future__ import annotations

import click


class _Text(click.types.StringParamType):
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        text = str(super().convert(value, param, ctx))
        try:
            text.encode()
        except UnicodeEncodeError:  # what the shell gave as other bytes are halves of pairs here
            self.fail("its bytes are not UTF-8", param, ctx)
        return text


TEXT = _Text()

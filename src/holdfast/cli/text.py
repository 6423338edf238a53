"""Text on the command line that goes on to a node: UTF-8, as all that is said to one."""

from __future__ import annotations

import click

LONGEST = 128  # that a node puts down beside a backup


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


class _Line(_Text):
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        line = super().convert(value, param, ctx)
        if len(line) > LONGEST:
            self.fail(f"has {len(line)} characters: give at most {LONGEST}", param, ctx)
        if not line.isprintable():
            self.fail("holds a line break or control character: give one line", param, ctx)
        return line


TEXT, LINE = _Text(), _Line()

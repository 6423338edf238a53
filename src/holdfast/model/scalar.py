"""The plain values a person writes, each typed from its text: names, numbers, true and false."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic_core import core_schema

from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}"
_NAME = re.compile(NAME)
_LONGEST = 1024
_SHOWN = 72


@dataclass(frozen=True)
class Written:
    """How one kind of scalar is written: what its text means, and its JSON Schema for editors."""

    parse: Callable[[str], object]
    schema: Mapping[str, object] = field(compare=False)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        # Inventories say the same words thousands of times.
        parse = lru_cache(maxsize=1024)(self.parse)

        def read(value: object) -> object:
            if isinstance(value, str):
                return parse(value)
            raise Wrong(f"must be a single value, got {noun(value)}")

        return core_schema.no_info_plain_validator_function(read)

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)


def noun(value: object) -> str:
    """Return what a YAML value is, in a person's words."""
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else quote(str(value))


def quote(text: str) -> str:
    """Return text fit to stand in a message: one line, no control characters, not endless."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def name(text: str) -> str:
    """Return text that is fit to be a name: also in a path, a cron file and a snapshot."""
    if _NAME.fullmatch(text):
        return text
    raise Wrong(
        f"{quote(text)} is not a name",
        "1-32 letters, digits, `.`, `_`, `-`, the first a letter or digit",
    )


def line(longest: int, *, empty: bool = False) -> Written:
    """Return the scalar that is one line of readable text."""

    def parse(text: str) -> str:
        if not text and not empty:
            raise Wrong("is empty", "give it a value, or take the line out")
        if not text.isprintable():
            raise Wrong(f"{quote(text)} holds a line break or control character")
        if len(text) > longest:
            raise Wrong(f"has {len(text)} characters", f"at most {longest}")
        return text

    return Written(parse, {"type": ["string", "number", "boolean"], "maxLength": longest})


def boolean(text: str) -> bool:
    """Return what true and false say; nothing else does."""
    if text in ("true", "false"):
        return text == "true"
    raise Wrong(f"must be true or false, got {quote(text)}")


def whole(least: int, most: int) -> Written:
    """Return the scalar that is a whole number within bounds."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text, re.ASCII):
            raise Wrong(f"must be a whole number, got {quote(text)}")
        number = int(text)
        if not least <= number <= most:
            raise Wrong(f"{number} is out of range", f"{least} to {most}")
        return number

    return Written(parse, {"type": "integer", "minimum": least, "maximum": most})


# A person may write `web: 1`: an editor takes 1 for a number, Holdfast for text.
Name = Annotated[str, Written(name, {"type": ["string", "number"], "pattern": f"^{NAME}$"})]
Text = Annotated[str, line(_LONGEST)]
Label = Annotated[str, line(64)]
Bool = Annotated[bool, Written(boolean, {"type": "boolean"})]
Count = Annotated[int, whole(1, 65_536)]

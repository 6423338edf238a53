"""What a definition backs up: names, globs of names, and selectors by label."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from holdfast.model.scalar import Bool, Label, Written, quote
from holdfast.model.server import DiskNumber
from holdfast.model.strict import Many, Strict
from holdfast.model.wrong import Wrong

_GLOB = re.compile(r"[*?\[]")
_LETTERS = r"[A-Za-z0-9._*?\[\]!-]{1,64}"
_REFERENCE = re.compile(rf"({_LETTERS})(?::([0-9*?\[\]!-]{{1,16}}))?")


@dataclass(frozen=True, slots=True)
class Reference:
    """`web01:1` for a disk, `lm-prg-1` for a LoadMaster; either may be a glob, as `db*:1`."""

    name: str
    disk: str | None

    @property
    def is_glob(self) -> bool:
        """Whether it may stand for any number of sources."""
        return _GLOB.search(str(self)) is not None

    def __str__(self) -> str:
        return self.name if self.disk is None else f"{self.name}:{self.disk}"


class ServerSelector(Strict):
    """The disks of every server that has all these labels."""

    servers: Annotated[dict[Label, Label], Field(description="labels; {} is every server")]
    disks: Annotated[
        Many[DiskNumber] | None, Field(min_length=1, description="absent is every disk")
    ] = None
    optional: Annotated[Bool, Field(description="may match nothing")] = False


class LoadMasterSelector(Strict):
    """Every LoadMaster that has all these labels."""

    loadmasters: Annotated[dict[Label, Label], Field(description="labels; {} is every LoadMaster")]
    optional: Annotated[Bool, Field(description="may match nothing")] = False


def reference(text: str) -> Reference:
    """Return the reference that text is."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise Wrong(f"{quote(text)} is not a source", "SERVER:DISK, LOADMASTER, or a glob of these")
    return Reference(match[1], match[2])


def form(value: object) -> str:
    """Return which of the three ways of naming sources a value is written in."""
    if not isinstance(value, dict):
        return "<name>"
    return "<loadmasters>" if "loadmasters" in value else "<servers>"


_REFERENCE_SCHEMA = {"type": "string", "pattern": f"^{_REFERENCE.pattern}$"}

# The tags stand in pydantic's errors only; no YAML path has them.
Source = Annotated[
    Annotated[Annotated[Reference, Written(reference, _REFERENCE_SCHEMA)], Tag("<name>")]
    | Annotated[ServerSelector, Tag("<servers>")]
    | Annotated[LoadMasterSelector, Tag("<loadmasters>")],
    Discriminator(form),
]

"""Server: a virtual server and its numbered disks."""

import re
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from holdfast.model.location import Dataset, Path
from holdfast.model.scalar import Bool, Label, Name, Written, quote, whole
from holdfast.model.strict import Many, Strict
from holdfast.model.wrong import Wrong

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SOURCES = ("dataset", "image")
_AGENTS = ("socket", "libvirt")


def uuid(text: str) -> str:
    """Return a UUID in lower case."""
    if _UUID.fullmatch(text):
        return text.lower()
    raise Wrong(f"{quote(text)} is not a UUID", "8-4-4-4-12 hexadecimal digits")


Uuid = Annotated[str, Written(uuid, {"type": "string", "pattern": f"^{_UUID.pattern}$"})]
# The pattern is for the keys of `disks`, which JSON Schema takes for text.
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 99, "pattern": "^[1-9][0-9]?$"}
DiskNumber = Annotated[int, Written(whole(1, 99).parse, _NUMBER)]


def _one_source(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": [key]} for key in _SOURCES]


def _one_agent(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": [key]} for key in _AGENTS]


class Disk(Strict, json_schema_extra=_one_source):
    """A ZFS filesystem or zvol, or an image file."""

    dataset: Annotated[Dataset | None, Field(description="ZFS filesystem or zvol")] = None
    image: Annotated[Path | None, Field(description="image file")] = None
    recursive: Annotated[Bool, Field(description="take child datasets along")] = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        self.exactly_one(_SOURCES)
        if self.recursive and self.dataset is None:
            raise Wrong("an image has no child datasets", "take `recursive` out")
        return self


class GuestAgent(Strict, json_schema_extra=_one_agent):
    """How the QEMU guest agent is reached, to freeze the guest's file systems."""

    socket: Annotated[Path | None, Field(description="socket on the compute node")] = None
    libvirt: Annotated[Label | None, Field(description="libvirt domain that holds it")] = None

    @model_validator(mode="after")
    def _one_agent(self) -> Self:
        self.exactly_one(_AGENTS)
        return self


class Server(Strict):
    """A virtual server: what is backed up are its disks."""

    uuid: Annotated[Uuid, Field(description="tells it from a later server of the same name")]
    node: Annotated[Name, Field(description="compute node it runs on")]
    datacenter: Name | None = None
    owner: Label | None = None
    guest_agent: GuestAgent | None = None
    labels: dict[Label, Label] = Field(default_factory=dict)
    disks: Annotated[
        dict[DiskNumber, Disk],
        Field(min_length=1, description="by number, such as {1: {dataset: zones/web01}}"),
    ]
    was: Annotated[Many[Name], Field(description="its earlier names")] = ()

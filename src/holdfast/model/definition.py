"""Definition: one promise, as a person writes it; and Defaults, what it says when it is silent."""

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from holdfast.model.quantity import Duration, Limit, Rate
from holdfast.model.recipient import EncryptTo
from holdfast.model.retention import Retention
from holdfast.model.scalar import Bool, Name, line, whole
from holdfast.model.schedule import Schedule, Timezone
from holdfast.model.source import LoadMasterSelector, Reference, Source
from holdfast.model.strict import Many, Strict

Kind = Literal["dataset", "file", "loadmaster"]

_WHAT = {"name", "sources", "optional", "storage", "retention", "description", "was"}
_WHEN = {"schedule", "timezone", "active", "catch_up", "timeout", "queue_timeout"}
_ALWAYS = frozenset(_WHAT | _WHEN)
_DISK = _ALWAYS | {"type", "node", "bandwidth_limit", "freeze"}
# What each kind of definition can be told; any other field would be read and do nothing.
USES: dict[Kind, frozenset[str]] = {
    "dataset": _DISK,
    "file": _DISK | {"consistency", "compression", "encrypt_to", "base_every"},
    "loadmaster": _ALWAYS | {"encrypt_to", "base_every"},
}
# What it must be told, by itself or by the defaults; pydantic asks for what all need.
NEEDS: dict[Kind, tuple[str, ...]] = {
    "dataset": ("type", "node"),
    "file": ("type", "node", "encrypt_to"),
    "loadmaster": ("encrypt_to",),
}


def _defaults_may_say_the_rest(schema: dict[str, Any]) -> None:
    schema["required"] = ["name", "sources"]


class Definition(Strict, json_schema_extra=_defaults_may_say_the_rest):
    """These sources are backed up to this storage on this schedule and kept so long."""

    name: Annotated[Name, Field(description="first part of its ids: daily@web01:1")]
    sources: Annotated[
        Many[Source], Field(min_length=1, description="web01:1, a glob, or a selector by label")
    ]
    storage: Annotated[Name, Field(description="of the node; of a LoadMaster's connector")]
    schedule: Annotated[
        Schedule, Field(description='five cron fields, such as "0 2 * * *"; H spreads by id')
    ]
    retention: Annotated[
        Retention, Field(description="how many are kept: 14, or {last: 3, daily: 14, weekly: 8}")
    ]
    type: Annotated[
        Literal["dataset", "file"] | None,
        Field(description="dataset (snapshots) or file; a LoadMaster has none"),
    ] = None
    node: Annotated[Name | None, Field(description="where the backups are put")] = None
    timezone: Annotated[Timezone, Field(description="of the schedule")] = "UTC"
    active: Annotated[Bool, Field(description="false: installed, but cron does not fire it")] = True
    bandwidth_limit: Annotated[Rate, Field(description="such as 50MiB/s, or off")] = None
    freeze: Annotated[
        Literal["off", "best-effort", "required"],
        Field(description="the guest's file systems, for the moment of the snapshot"),
    ] = "off"
    consistency: Annotated[
        Literal["none", "snapshot"],
        Field(description="none: take an image that is being written to, marked as such"),
    ] = "snapshot"
    catch_up: Annotated[
        Duration, Field(description="run once if the node was down at the time, not longer ago")
    ] = 0
    timeout: Annotated[Limit, Field(description="of a run")] = 14_400
    queue_timeout: Annotated[Limit, Field(description="of waiting for a slot")] = 14_400
    description: Annotated[str, line(128, empty=True)] = ""
    compression: Literal["off", "gzip", "bzip2", "xz", "zstd"] = "off"
    encrypt_to: Annotated[
        EncryptTo | None, Field(description="age recipients, or none in so many letters")
    ] = None
    base_every: Annotated[
        Annotated[int, whole(1, 1_000)],
        Field(description="every n-th backup stands alone, the others need it"),
    ] = 1
    optional: Annotated[Bool, Field(description="its globs and selectors may match nothing")] = (
        False
    )
    was: Annotated[Many[Name], Field(description="its earlier names")] = ()

    @property
    def kind(self) -> Kind | None:
        """What is made; None while `type` is missing."""
        return "loadmaster" if self.is_of_loadmasters else self.type

    @property
    def is_of_loadmasters(self) -> bool:
        """Whether the first source is a LoadMaster's; a check refuses a mixture."""
        return is_of_loadmasters(self.sources[0])


def is_of_loadmasters(source: Source) -> bool:
    """Whether a source stands for LoadMasters: a name without a disk, or a selector of them."""
    if isinstance(source, Reference):
        return source.disk is None
    return isinstance(source, LoadMasterSelector)


_OWN = ("name", "sources", "was")

_fields: dict[str, Any] = {
    key: (field.rebuild_annotation() | None, Field(default=None, description=field.description))
    for key, field in Definition.model_fields.items()
    if key not in _OWN
}
Defaults = create_model("Defaults", __base__=Strict, **_fields)
Defaults.__doc__ = "What definitions say that do not say otherwise, where their type uses it."

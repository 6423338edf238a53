"""Retention: how many backups are kept, of which periods. Must not: decide which; agents do."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator

from holdfast.model.scalar import Count
from holdfast.model.strict import Strict
from holdfast.model.wrong import Wrong


def _or_number(schema: dict[str, Any]) -> None:
    keys = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    number = {"type": "integer", "minimum": 1, "maximum": 65_536}
    schema["oneOf"] = [number, {**keys, "minProperties": 1}]


class Retention(Strict, json_schema_extra=_or_number):
    """`14` is short for `{last: 14}`; a backup stays if any key keeps it."""

    last: Annotated[Count | None, Field(description="the newest ones")] = None
    hourly: Annotated[Count | None, Field(description="the newest of each hour")] = None
    daily: Annotated[Count | None, Field(description="the newest of each day")] = None
    weekly: Annotated[Count | None, Field(description="the newest of each week")] = None
    monthly: Annotated[Count | None, Field(description="the newest of each month")] = None
    yearly: Annotated[Count | None, Field(description="the newest of each year")] = None

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: object) -> object:
        if isinstance(value, str):
            return {"last": value}
        if value == {}:
            raise Wrong("keeps nothing", "such as 14, or {last: 3, daily: 14}")
        return value

    @cached_property
    def counts(self) -> dict[str, int]:
        """The keys that are written, and how many each keeps."""
        return {key: getattr(self, key) for key in _KEYS if getattr(self, key) is not None}

    @property
    def most(self) -> int:
        """The most backups that can be kept at once."""
        return sum(self.counts.values())


_KEYS = tuple(Retention.model_fields)

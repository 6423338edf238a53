"""A call of either API, once it is understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.lab.loadmaster.user import User


class Interface(StrEnum):
    """The two APIs."""

    XML = "v1"
    JSON = "v2"


@dataclass(frozen=True)
class Credentials:
    """What the caller shows; an API key outranks a user."""

    key: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Draft:
    """A call as it was written, before anybody was let in; argument names are in lower case."""

    interface: Interface
    method: str
    command: str
    arguments: Mapping[str, str] = field(repr=False)
    upload: bytes | None = field(repr=False)
    credentials: Credentials


@dataclass(frozen=True)
class Call:
    """A call by a user of the device."""

    draft: Draft
    user: User

    def get(self, name: str) -> str | None:
        """Return an argument, or None."""
        return self.draft.arguments.get(name)

    def need(self, name: str) -> str:
        """Return an argument that must be there."""
        value = self.draft.arguments.get(name)
        if value is None:
            raise Refused(400, f"{name}: String Value missing")
        return value

    def upload(self) -> bytes:
        """Return the uploaded file; there must be one."""
        if not self.draft.upload:
            raise Refused(400, "data: String Value missing")
        return self.draft.upload

    def allow(self, *permissions: str) -> None:
        """Refuse unless the user has one of these permissions."""
        if not self.user.may(*permissions):
            raise Refused(403, "Permission denied")

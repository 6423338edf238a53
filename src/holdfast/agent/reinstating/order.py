"""What a person asks for: which parts go to which LoadMaster, and what they accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import names
from holdfast.agent.failure import Malformed
from holdfast.agent.loadmaster import parts
from holdfast.agent.reinstating.fit import ACCEPTED as MISMATCH

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.loadmaster.parts import Parts

UNSIGNED, UNSAVED = "unsigned", "no-safety-backup"
ACCEPTABLE = (UNSIGNED, MISMATCH, UNSAVED)


class Keys(NamedTuple):
    """What opens the files of a backup: its archive, its base's, its certificates."""

    own: bytes | None
    base: bytes | None
    certificates: bytes | None


class Order(NamedTuple):
    """One restore."""

    loadmaster: str
    parts: Parts
    accepted: frozenset[str]
    keys: Keys

    @classmethod
    def from_fields(cls, given: Fields) -> Order:
        """Return the order that a request holds, or raise Malformed."""
        name = given.text("loadmaster")
        if not names.is_name(name) or given.text("destroys") != name:
            raise given.refusal("destroys", "the name of the LoadMaster, once more")
        try:
            asked = parts.parse(given.texts("parts"))
        except ValueError as error:
            raise Malformed("restore: %s" % error) from None
        accepted = frozenset(given.texts("accept"))
        keys = Keys(*map(given.bytes_or_none, ("file_key", "base_key", "certificates_key")))
        return cls(name, asked, accepted, keys)

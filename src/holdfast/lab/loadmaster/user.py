"""Users of a device: passwords, permissions and API keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from dataclasses import asdict, dataclass, field
from typing import Any

PERMISSIONS = frozenset(
    "real vs rules backup certs cert3 certbackup users root geo addvs".split()  # noqa: SIM905  # reads better
)
KEYS = 16  # a user has no more; a further one pushes the oldest out
_KEY_LENGTH = 44
_LETTERS = string.ascii_letters + string.digits


@dataclass
class User:
    """A local user; its API keys carry its permissions."""

    name: str
    salt: str
    digest: str = field(repr=False)
    permissions: list[str]
    keys: list[str] = field(default_factory=list, repr=False)

    @classmethod
    def make(cls, name: str, password: str, permissions: list[str]) -> User:
        """Return a user with a password; only its salted digest is kept."""
        salt = secrets.token_hex(8)
        return cls(name, salt, _digest(salt, password), permissions)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> User:
        """Return the user of a record as `record` made it."""
        return cls(**record)

    def record(self) -> dict[str, Any]:
        """Return what a backup keeps of it."""
        return asdict(self)

    def knows(self, password: str) -> bool:
        """Tell whether this is the password."""
        return hmac.compare_digest(_digest(self.salt, password), self.digest)

    def change_password(self, password: str) -> None:
        """Take a new password."""
        self.digest = _digest(self.salt, password)

    def may(self, *permissions: str) -> bool:
        """Tell whether the user has one of these; `root` is all but user management."""
        return any(
            p in self.permissions or (p != "users" and "root" in self.permissions)
            for p in permissions
        )

    def add_key(self) -> str:
        """Make an API key; the seventeenth silently pushes the oldest out, as on the device."""
        key = "".join(secrets.choice(_LETTERS) for _ in range(_KEY_LENGTH))
        self.keys = [*self.keys, key][-KEYS:]
        return key


def _digest(salt: str, password: str) -> str:
    # Fast on purpose: the simulator proves no strength, and Basic is checked at every call.
    return hashlib.sha256((salt + password).encode()).hexdigest()

"""Where a private key for ssh comes from. Must not: read it; `privatekey` does."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class KeyText:
    """A key in memory, such as from an environment variable; `reference` is what to call it."""

    reference: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class KeyFile:
    """A key in a file; `~` is the home of who runs this."""

    path: str


@dataclass(frozen=True)
class KeyAgent:
    """Whatever the ssh-agent of SSH_AUTH_SOCK holds."""


KeySource = KeyText | KeyFile | KeyAgent

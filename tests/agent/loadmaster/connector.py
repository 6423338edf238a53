"""A connector in a folder that knows simulated devices, as an apply would have told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from holdfast.agent import atomic, canonical
from holdfast.agent.layout import Layout
from holdfast.agent.loadmaster.patience import Patience
from holdfast.agent.loadmaster.session import session

if TYPE_CHECKING:
    import contextlib
    from pathlib import Path

    from holdfast.agent.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Site

# Short where a fault is waited for, long where a crowded machine is.
QUICK = Patience(
    turn=20, connect=10, silence=20, total=30, file_silence=20, file_total=60, pauses=()
)

# The login that is not the usual one.
PASSWORD = {"login": "password", "user": "bal"}


def attributes(site: Site, **changes: Any) -> dict[str, Any]:
    """Return a device as the inventory describes it."""
    return {
        "host": "127.0.0.1",
        "port": site.port,
        "tls": {"sha256": site.device.identity.sha256},
        "login": "api_key",
        "user": None,
        "minimum_firmware": "7.2.62",
        "certificates": False,
        **changes,
    }


@dataclass(frozen=True)
class Connector:
    """A node at `root` with one inventory."""

    root: Path

    @property
    def layout(self) -> Layout:
        return Layout("prg", str(self.root))

    def know(self, site: Site, **changes: Any) -> str:
        """Put a device down with its API key and its password; return its name."""
        self.put(f"loadmasters/{site.device.name}.json", attributes(site, **changes))
        self.secret(f"{site.device.name}.api_key", site.api_key)
        self.secret(f"{site.device.name}.password", site.password)
        return site.device.name

    def put(self, path: str, document: object) -> None:
        atomic.write(f"{self.layout.etc}/{path}", canonical.dumps(document))

    def secret(self, name: str, value: str) -> None:
        atomic.write(f"{self.layout.secrets}/{name}", value, 0o600)

    def session(
        self, name: str, patience: Patience = QUICK
    ) -> contextlib.AbstractContextManager[Device]:
        return session(self.layout, name, patience)

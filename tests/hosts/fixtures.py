"""Fixtures of the test bed; a conftest that wants them imports them by name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hosts.host import Host
from hosts.keys import Pair
from hosts.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MakeHost", "host", "key", "make_host", "network"]

MakeHost = Callable[..., Host]


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


@pytest.fixture(scope="session")
def key() -> Pair:
    """Return the key that every host of `make_host` lets in."""
    return Pair.ed25519()


@pytest.fixture
def make_host(network: Network, key: Pair) -> Iterator[MakeHost]:
    with ExitStack() as running:

        def make(name: str = "node", host_key: Pair | None = None) -> Host:
            host = running.enter_context(Host(network, name, host_key))
            host.authorize(key.public)
            return host

        yield make


@pytest.fixture
def host(make_host: MakeHost) -> Host:
    return make_host()

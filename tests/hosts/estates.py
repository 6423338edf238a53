"""Fixtures of what is driven end to end; those of module scope share their hosts among tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hosts.estate import Estate, noise
from hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hosts.fixtures import MakeHost
    from hosts.keys import Pair
    from hosts.network import Network

MakeEstate = Callable[..., Estate]


def make_estate_in(folder: Path, key: Pair, *hosts: Host, identity: str = "prg") -> Estate:
    """Return an inventory with a node for each host, and on it a server `vm-HOST` with an image."""
    folder.mkdir()
    estate = Estate(folder, key, identity)
    for host in hosts:
        estate.add(host)
        estate.serve(host.name, f"vm-{host.name}", noise(host.name, 200_000))
    return estate


@pytest.fixture
def make_estate(key: Pair, tmp_path: Path) -> MakeEstate:
    def make(*hosts: Host, identity: str = "prg") -> Estate:
        return make_estate_in(tmp_path / identity, key, *hosts, identity=identity)

    return make


@pytest.fixture
def estate(make_estate: MakeEstate, make_host: MakeHost) -> Estate:
    """Return an inventory of one host, `n1`, with the definition daily@vm-n1:1."""
    estate = make_estate(make_host("n1"))
    estate.promise("daily", "vm-n1")
    return estate


@pytest.fixture(scope="module")
def make_shared_host(network: Network, key: Pair) -> Iterator[MakeHost]:
    with ExitStack() as running:

        def make(name: str) -> Host:
            host = running.enter_context(Host(network, name))
            host.authorize(key.public)
            return host

        yield make

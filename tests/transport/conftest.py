import pytest

from hosts.fixtures import host, key, make_host, network
from hosts.keys import Pair

__all__ = ["host", "key", "make_host", "network", "reader"]


@pytest.fixture(scope="session")
def reader() -> Pair:
    """Return a key that opens nothing yet."""
    return Pair.ed25519()

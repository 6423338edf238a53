from hosts.estates import estate, make_estate, make_shared_host
from hosts.fixtures import host, key, make_host, network

__all__ = ["estate", "host", "key", "make_estate", "make_host", "make_shared_host", "network"]

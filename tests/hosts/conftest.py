from hosts.fixtures import host, key, make_host, network

__all__ = ["host", "key", "make_host", "network"]

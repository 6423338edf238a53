"""Network: a switch that hosts are plugged into, with one cable to this machine."""

from __future__ import annotations

import itertools
import random
import subprocess
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from hosts.namespace import Namespace

if TYPE_CHECKING:
    from ipaddress import IPv4Address

# RFC 2544 keeps 198.18.0.0/15 for test beds, so no real host is hidden by ours.
SUBNETS = tuple(IPv4Network("198.18.0.0/15").subnets(new_prefix=24))


class Network(Namespace):
    """A switch in a namespace of its own; naming the cable after the subnet takes the subnet."""

    def __init__(self) -> None:
        super().__init__(["net"], ["sh", "-c", "echo ready; exec cat"])
        self.subnet = self._claim()
        addresses = self.subnet.hosts()
        gateway = next(addresses)
        self._free = iter(addresses)
        self._ports = itertools.count(1)
        self.ip("link add br0 type bridge", "link set br0 up", "link set uplink master br0 up")
        for words in (["addr", "add", f"{gateway}/24", "dev"], ["link", "set", "up", "dev"]):
            subprocess.run(["ip", *words, self._cable], check=True)

    def _claim(self) -> IPv4Network:
        """Make the cable; the kernel refuses a name that another test run has."""
        for number in random.sample(range(len(SUBNETS)), len(SUBNETS)):
            self._cable = f"holdfast{number}"
            cable = ["ip", "link", "add", self._cable, "type", "veth"]
            done = subprocess.run(
                [*cable, "peer", "name", "uplink", "netns", str(self.pid)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return SUBNETS[number]
            if "File exists" not in done.stderr:
                raise RuntimeError(done.stderr)
        raise RuntimeError("every subnet of 198.18.0.0/15 is in use")

    def plug(self, host: Namespace) -> tuple[IPv4Address, str]:
        """Give a host an address and a port of the switch."""
        address, port = next(self._free), f"port{next(self._ports)}"
        self.ip(
            f"link add {port} type veth peer name eth0 netns {host.pid}",
            f"link set {port} master br0 up",
        )
        host.ip("link set lo up", f"addr add {address}/24 dev eth0", "link set eth0 up")
        return address, port

    def cut(self, port: str) -> None:
        """Pull the cable: what is sent is lost in silence."""
        self.ip(f"link set {port} down")

    def mend(self, port: str, address: str) -> None:
        """Put the cable back; what was learnt while it was cut is forgotten."""
        self.ip(f"link set {port} up")
        subprocess.run(["ip", "neigh", "flush", "to", address], check=True)

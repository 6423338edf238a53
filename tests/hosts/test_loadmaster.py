"""A device that answers only inside its connector's own network."""

from __future__ import annotations

import json
import socket
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from hosts.estate import AGENT, HOLDFAST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hosts.estate import Estate
    from hosts.host import Host

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

# As a run on the node does it: the archive that an apply brought, on the node's own Python.
PROGRAM = f"""
import json, sys
sys.path.insert(0, {AGENT!r})
from holdfast.agent.layout import Layout
from holdfast.agent.loadmaster.session import session
with session(Layout.here("prg"), "lm-1") as device:
    name, size = device.get("hostname"), 0
    with device.download("backup") as blocks:
        for block in blocks:
            size += len(block)
json.dump([name, size, device.interface, device.served.sha256], sys.stdout)
"""


@pytest.fixture
def simulated(estate: Estate) -> Iterator[dict[str, Any]]:
    """A device on the loopback of the connector alone."""
    host = estate.hosts["n1"]
    command = ["nsenter", f"--target={host.pid}", "--net", HOLDFAST, "lab", "loadmaster"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


def session(host: Host) -> list[Any]:
    found = json.loads(host.run("/usr/bin/python3", "-I", "-S", "-c", PROGRAM))
    assert isinstance(found, list)
    return found


def test_a_device_is_reached_from_its_connector_alone(
    estate: Estate, simulated: dict[str, Any]
) -> None:
    port = urlsplit(simulated["address"]).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
    device = {"address": simulated["address"], "connector": "n1", "api_key": "env/LM_KEY"}
    for tls in ({"sha256": simulated["sha256"]}, {"ca": "ca.pem"}):
        (estate.folder / "ca.pem").write_text(pem(simulated, estate.hosts["n1"]))
        estate.others["loadmasters"] = {"lm-1": {**device, "tls": tls}}
        estate.environ["LM_KEY"] = simulated["api_key"]
        estate.settle()
        name, size, interface, sha256 = session(estate.hosts["n1"])
        assert (name, interface, sha256) == ("lm-1", "json", simulated["sha256"])
        assert size > 1000


def pem(simulated: dict[str, Any], host: Host) -> str:
    """Return the certificate of the device, seen from its connector."""
    place = urlsplit(simulated["address"])
    program = f"import ssl; print(ssl.get_server_certificate(({place.hostname!r}, {place.port})))"
    return host.run("/usr/bin/python3", "-c", program)

"""The second key: enough for all that reads, and for nothing that writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from holdfast.errors import RemoteError, Unauthorized
from holdfast.transport import bootstrap
from holdfast.transport.bootstrap import Command
from holdfast.transport.identity import KeyText
from holdfast.transport.session import Endpoint, Ssh, ask
from hosts.keys import Pair
from hosts.tree import LOGS, differing, tree

if TYPE_CHECKING:
    from hosts.estate import Estate
    from hosts.host import Host

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

READS = ("plan --detailed-exitcode", "drift", "status --check", "backup list")


@pytest.fixture
def reader(estate: Estate) -> Pair:
    """Have the estate applied with both keys, and then only the second one at hand."""
    pair = Pair.ed25519()
    estate.add_reader(pair)
    estate.settle()
    estate.back_up("n1", "daily@vm-n1:1")
    del estate.environ["HOLDFAST_KEY"]
    return pair


def written(host: Host) -> dict[str, tuple[int, bytes]]:
    return {path: entry for path, entry in tree(host).items() if not path.startswith(LOGS)}


def test_the_second_key_is_enough_to_read(estate: Estate, reader: Pair) -> None:
    host = estate.hosts["n1"]
    before = written(host)
    logins = host.sshd_log().count("Accepted publickey")
    for command in READS:
        done = estate.run(command)
        assert done.code == 0, done.said
    assert "vm-n1:1/daily-" in done.out
    assert host.sshd_log().count("Accepted publickey") == logins + len(READS)

    host.path("/etc/cron.d/holdfast-prg").unlink()
    assert estate.run("drift").code == 2
    del before["/etc/cron.d/holdfast-prg"]
    assert differing(before, written(host)) == []
    assert reader.public in host.path("/root/.ssh/authorized_keys").read_text()


def test_an_apply_with_the_second_key_alone_is_refused(estate: Estate, reader: Pair) -> None:
    before = written(estate.hosts["n1"])
    estate.definitions[0]["description"] = "changed"
    done = estate.apply()
    assert done.code == 12, done.said
    assert "node/n1: no key to log in with: env/HOLDFAST_KEY is not set here" in done.out
    estate.environ["HOLDFAST_KEY"] = reader.private
    done = estate.apply()
    assert done.code == 12, done.said
    assert differing(before, written(estate.hosts["n1"])) == []


def test_the_agent_refuses_whatever_else_comes_with_the_second_key(
    estate: Estate, reader: Pair
) -> None:
    host = estate.hosts["n1"]
    before = written(host)
    identity = KeyText("env/HOLDFAST_READ_KEY", reader.private)
    endpoint = Endpoint("n1", Ssh(host.address, host.host_key, identity=identity))
    forget = {"op": "apply", "kind": "definition", "name": "daily@vm-n1:1", "before": ""}
    request = {"protocol": 1, "inventory": "prg", "was": [], "ops": [forget]}
    for command in (bootstrap.read(), Command("touch /tmp/there; exec cat")):
        with pytest.raises(Unauthorized, match="this key may only read"):
            list(ask(endpoint, command, json.dumps(request).encode()))
    with pytest.raises(RemoteError):
        list(ask(endpoint, bootstrap.install("0" * 64, b"evil"), b"{}"))
    assert differing(before, written(host)) == []

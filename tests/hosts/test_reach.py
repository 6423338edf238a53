"""Hosts that cannot be reached, or not as they should be: the others are done all the same."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest

from hosts.keys import Pair
from hosts.tree import OURS, below, tree

if TYPE_CHECKING:
    from hosts.estate import Estate
    from hosts.estates import MakeEstate
    from hosts.fixtures import MakeHost
    from hosts.host import Host

pytestmark = [pytest.mark.hosts, pytest.mark.slow]


def make(make_estate: MakeEstate, *hosts: Host) -> Estate:
    estate = make_estate(*hosts)
    for host in hosts:
        estate.promise("daily", f"vm-{host.name}")
    return estate


def fingerprint(pair: Pair) -> str:
    digest = hashlib.sha256(base64.b64decode(pair.public.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def is_untouched(host: Host) -> bool:
    """Tell whether there is nothing of ours on a host, but folders of the test bed."""
    return all(path.endswith("/") for path in below(tree(host), *OURS))


def test_a_cable_cut_in_the_middle_of_an_apply(
    make_estate: MakeEstate, make_host: MakeHost
) -> None:
    hosts = [make_host(name) for name in ("n1", "n2", "n3")]
    estate = make(make_estate, *hosts)
    estate.crowd("n2", 400)
    applying = estate.start("apply --auto-approve")
    applying.follow("node/n2/agent")
    hosts[1].cut()
    planning = estate.start("plan --detailed-exitcode")
    done = applying.end()
    said = done.err
    assert done.code == 3, said
    (failed,) = [line for line in said.splitlines() if line.startswith("failed")]
    assert "node/n2/" in failed
    assert "the connection was lost" in failed
    assert "apply again" in failed
    for name in ("n1", "n3"):
        assert f"done     + create   node/{name}/definition/daily@vm-{name}:1\n" in said

    unreached = planning.end()
    assert unreached.code == 3, unreached.said
    assert "? unknown  node/n2: no connection to root@" in unreached.out
    hosts[1].mend()
    estate.settle()


def test_a_host_with_another_host_key_is_not_spoken_to(
    make_estate: MakeEstate, make_host: MakeHost
) -> None:
    right, wrong = make_host("n1"), make_host("n2")
    estate = make(make_estate, right, wrong)
    pinned, offered = wrong.host_pair, Pair.ed25519()
    wrong.start_sshd(offered)
    done = estate.apply()
    assert done.code == 12, done.said
    for pair in (pinned, offered):
        assert fingerprint(pair) in done.out
    assert "not trusted, nothing was sent" in done.out
    assert "Accepted" not in wrong.sshd_log()
    assert is_untouched(wrong)
    assert not is_untouched(right)
    assert estate.run("plan --detailed-exitcode --exclude node/n2*").code == 0


def test_a_host_without_python(make_estate: MakeEstate, make_host: MakeHost) -> None:
    right, bare = make_host("n1"), make_host("n2")
    estate = make(make_estate, right, bare)
    bare.remove_python()
    done = estate.apply()
    assert done.code == 3, done.said
    assert "node/n2: has no python3: install it (apt install python3" in done.out
    assert is_untouched(bare)
    assert not is_untouched(right)


def test_a_host_behind_a_jump_host(make_estate: MakeEstate, make_host: MakeHost) -> None:
    gate, inner = make_host("gate"), make_host("inner")
    estate = make(make_estate, gate, inner)
    estate.nodes["inner"]["via"] = "gate"
    estate.add_reader(Pair.ed25519())
    estate.settle()
    estate.back_up("inner", "daily@vm-inner:1")
    assert "vm-inner:1/daily-" in estate.run("backup list").out
    del estate.environ["HOLDFAST_KEY"]
    estate.expect_nothing_to_do()
    visitors = [line for line in inner.sshd_log().splitlines() if "Accepted publickey" in line]
    assert visitors
    assert all(f"from {gate.address} " in line for line in visitors)

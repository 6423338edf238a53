"""Ctrl-C in the middle of an apply."""

from __future__ import annotations

import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from hosts.tree import OURS, below, tree

if TYPE_CHECKING:
    from hosts.estates import MakeEstate
    from hosts.fixtures import MakeHost

pytestmark = [pytest.mark.hosts, pytest.mark.slow]


def test_ctrl_c_finishes_the_node_in_hand_and_says_what_was_not_done(
    make_estate: MakeEstate, make_host: MakeHost
) -> None:
    hosts = [make_host(name) for name in ("n1", "n2", "n3")]
    estate = make_estate(*hosts)
    for host in hosts:
        estate.promise("daily", f"vm-{host.name}")
    estate.crowd("n1", 400)
    applying = estate.start("apply --auto-approve --parallelism 1")
    applying.follow("node/n1/agent")
    applying.process.send_signal(signal.SIGINT)
    done = applying.end()
    assert done.code == 130, done.said

    assert "done     + create   node/n1/definition/many@crowd0:1\n" in done.err
    assert "done     + create   node/n1/definition/daily@vm-n1:1\n" in done.err
    for name in ("n2", "n3"):
        line = f"skipped  + create   node/{name}/agent: the apply was interrupted\n"
        assert line in done.err
    ended = Counter(line.split()[0] for line in done.err.splitlines())
    assert ended["done"] == done.err.count("node/n1/") >= 400
    assert done.out.splitlines()[-2:] == [
        "Interrupted: the nodes in hand were finished, the others left as they are.",
        f"Apply: {ended['done']} done, 0 failed, 0 stale, {ended['skipped']} skipped.",
    ]
    for host in hosts[1:]:
        assert all(path.endswith("/") for path in below(tree(host), *OURS))
    estate.settle()

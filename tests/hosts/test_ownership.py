"""What is an inventory's own on a node, and that it never touches more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts.keys import Pair
from hosts.tree import LOGS, SPOOL, below, differing, tree

if TYPE_CHECKING:
    from hosts.estates import MakeEstate
    from hosts.fixtures import MakeHost
    from hosts.tree import Tree

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

KEYS = "/root/.ssh/authorized_keys"
SPOOLED = f"/{SPOOL}/root"
CRONTAB = b"# mine\r\n\n*/5 * * * * true # 100\\%\n"


def owned_by(identity: str, found: Tree) -> Tree:
    """Return what an inventory has on a node, its backups included."""
    folders = (f"/etc/holdfast/{identity}/", f"/var/lib/holdfast/{identity}/")
    return below(found, *folders, f"/etc/cron.d/holdfast-{identity}", f"/backup/{identity}/")


def test_two_inventories_on_one_node_leave_each_other_alone(
    make_estate: MakeEstate, make_host: MakeHost
) -> None:
    host = make_host("n1")
    one, other = make_estate(host, identity="one"), make_estate(host, identity="other")
    for identity, estate in (("one", one), ("other", other)):
        estate.servers.clear()
        estate.serve("n1", identity, identity.encode() * 1000)
        estate.promise("daily", identity)
    one.settle()
    one.back_up("n1", "daily@one:1")
    before = owned_by("one", tree(host))
    assert len(below(before, "/backup/one/disk1/daily-")) == 2

    other.settle()
    other.back_up("n1", "daily@other:1")
    other.definitions[0]["retention"] = 3
    other.promise("weekly", "other")
    other.settle()
    assert differing(before, owned_by("one", tree(host))) == []
    one.expect_nothing_to_do()

    other.definitions.pop(0)
    other.settle()  # forgets daily@other:1
    assert differing(before, owned_by("one", tree(host))) == []

    other.nodes["n1"]["retired"] = True
    other.definitions.clear()
    other.settle()
    found = tree(host)
    assert list(owned_by("other", found)) == [
        path for path in below(found, "/backup/other/") if path.startswith("/backup/")
    ]
    assert differing(before, owned_by("one", found)) == []
    one.expect_nothing_to_do()
    one.back_up("n1", "daily@one:1")  # the agent that both shared is still there


def test_a_retired_node_is_left_clean(make_estate: MakeEstate, make_host: MakeHost) -> None:
    leaving, staying = make_host("n1"), make_host("n2")
    estate = make_estate(leaving, staying)
    estate.add_reader(Pair.ed25519())
    estate.nodes["n1"]["cron"] = "crontab"
    promise = estate.promise("daily", "vm-n1")
    estate.promise("daily", "vm-n2")
    leaving.path("/tmp/table").write_bytes(CRONTAB)
    leaving.run("crontab", "/tmp/table")
    leaving.path(KEYS).write_bytes(leaving.path(KEYS).read_bytes() + b"# caf\xe9\r\n\n# no newline")
    before = tree(leaving)

    estate.settle()
    estate.back_up("n1", "daily@vm-n1:1")
    during = tree(leaving)
    backup = below(during, "/backup/vm-n1/")
    assert len(below(backup, "/backup/vm-n1/disk1/daily-")) == 2
    assert {KEYS, SPOOLED} <= set(differing(before, during))

    estate.nodes["n1"]["retired"] = True
    estate.definitions.remove(promise)
    estate.settle()
    after = tree(leaving)
    left = {path for path in differing(before, after) if not path.startswith(LOGS)}
    # cron's own program notes above the table when it was installed.
    assert after[SPOOLED][1].split(b"\n", 3)[3] == CRONTAB
    assert left == {*backup, "/backup/", "/backup/.holdfast-storage.json", SPOOLED}
    assert differing(backup, below(after, "/backup/vm-n1/")) == []

    del estate.nodes["n1"], estate.servers["vm-n1"]
    estate.expect_nothing_to_do()


def test_a_node_that_is_lost_without_being_retired_is_a_problem(
    make_estate: MakeEstate, make_host: MakeHost
) -> None:
    estate = make_estate(make_host("n1"), make_host("n2"))
    estate.settle()
    del estate.nodes["n1"], estate.servers["vm-n1"]
    for command in ("plan", "drift", "apply --auto-approve"):
        done = estate.run(command)
        assert done.code == 1, done.said
        assert "node/n1: it was in the inventory of the last apply" in done.said
        assert "put it back with `retired: true`" in done.said

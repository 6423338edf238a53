"""A restore to a host that its backup's host may not come to otherwise: over SSH, for this once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts.estate import noise

if TYPE_CHECKING:
    from hosts.estates import MakeEstate
    from hosts.fixtures import MakeHost

pytestmark = pytest.mark.hosts


def test_the_hosts_are_introduced_for_one_restore(
    make_estate: MakeEstate, make_host: MakeHost
) -> None:
    estate = make_estate(*(make_host(name) for name in ("cn1", "cn2")))
    estate.promise("daily", "vm-cn1", compression="gzip")
    estate.settle()
    made = estate.run("backup now", "daily@vm-cn1:1")
    assert made.code == 0, made.said
    there = estate.hosts["cn2"]
    image, keys = there.path("/images/vm-cn2.raw"), there.path("/root/.ssh/authorized_keys")
    before = keys.read_text()
    words = ("--to", "vm-cn2:1", "--yes-destroy", "vm-cn2:1")
    done = estate.run("backup restore", made.out.strip(), *words)
    assert done.code == 0, done.said
    assert image.read_bytes() == noise("cn1", 200_000)
    assert keys.read_text() == before
    estate.expect_nothing_to_do()

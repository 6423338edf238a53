"""The limit of bytes of a datacenter, from YAML to a run that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.shelf import ID, listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents


def test_a_full_datacenter_is_told_of_and_gets_no_more_until_there_is_room(settled: Desk) -> None:
    desk = settled
    size = desk.node("n1/images/web.raw").stat().st_size
    desk.inventory["datacenters"] = {"main": {"limits": {"total_size": str(size)}}}
    desk.inventory["servers"]["web01"]["datacenter"] = "main"
    desk.apply()
    assert desk.ok("plan", "--detailed-exitcode").err == ""
    name = made(desk)
    told = desk.ok("plan").out
    assert f"datacenter main take up {size} bytes (n1 {size})" in told
    assert "until then none is made on n1" in told
    ran = desk.run("backup", "now", ID)
    assert ran.code != 0
    assert "datacenter main may take up" in ran.err
    assert [row["name"] for row in listed(desk)] == [name]
    desk.ok("backup", "delete", name, "--yes-destroy", name)
    made(desk)

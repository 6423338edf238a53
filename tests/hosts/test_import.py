"""`import crontab` on a host with a real crontab: what is ours comes back, the rest is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hosts.estates import MakeEstate
    from hosts.fixtures import MakeHost

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

CRONTAB = b"MAILTO=x\n*/5 * * * * true # 100\\%\n30 1 * * 0 borg create /srv::{now}\n"


def test_what_a_host_is_told_comes_back(make_estate: MakeEstate, make_host: MakeHost) -> None:
    host = make_host("n1")
    host.path("/tmp/table").write_bytes(CRONTAB)
    host.run("crontab", "/tmp/table")
    estate = make_estate(host)
    estate.nodes["n1"]["cron"] = "crontab"
    estate.servers.clear()
    estate.serve("n1", "db", b"x" * 4096)
    estate.promise("daily", "db", schedule="H 2 * * *", retention={"daily": 7, "yearly": 1})
    estate.settle()

    estate.servers.clear()
    estate.definitions.clear()
    done = estate.run("import crontab n1 -o inventory/n1.yaml")
    assert done.code == 0, done.said
    estate.expect_nothing_to_do()
    written = (estate.folder / "inventory/n1.yaml").read_text(encoding="utf-8")
    assert "# - Looks like a backup: crontab of this user: 30 1 * * 0 borg create /srv" in written
    assert "# - Not ours: crontab of this user: */5 * * * * true # 100\\%" in written
    assert "# - Not ours: /etc/cron.daily: @daily root /etc/cron.daily/" in written

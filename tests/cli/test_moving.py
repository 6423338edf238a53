"""A definition that moves to another node, and a new home that changed after the plan was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

OLD = "n1/etc/holdfast/lab/definitions/daily@web01:1.json"
NEW = "n2/etc/holdfast/lab/definitions/daily@web01:1.json"


def test_the_old_home_keeps_it_until_the_new_one_has_it(settled: Desk) -> None:
    settled.inventory["servers"]["web01"]["node"] = "n2"
    settled.inventory["definitions"][0]["node"] = "n2"
    settled.inventory["definitions"][2].update(node="n2", storage="local")
    settled.write().ok("plan", "-o", "saved.json")
    other = settled.node("n2/etc/holdfast/lab/definitions/daily@db01:1.json")
    content = other.read_bytes()
    other.write_bytes(content.replace(b'"last":14', b'"last":15'))

    ran = settled.run("apply", "saved.json")
    assert ran.code == 13, ran
    assert "its new home, node n2, does not have it: it stays here" in ran.err
    assert settled.node(OLD).exists()

    other.write_bytes(content)
    settled.ok("apply", "--auto-approve")
    assert settled.node(NEW).exists()
    assert not settled.node(OLD).exists()
    settled.ok("plan", "--detailed-exitcode")


def test_what_stays_for_want_of_its_new_home_keeps_its_cron_entry(settled: Desk) -> None:
    settled.inventory["servers"]["web01"]["node"] = "n2"
    settled.inventory["definitions"][0]["node"] = "n2"
    settled.inventory["definitions"][2].update(node="n2", storage="local")
    settled.write()
    settled.node("n2").rename(settled.node("elsewhere"))
    ran = settled.run("plan")
    assert (ran.code, "cron_file" in ran.out, "node/n1" in ran.out) == (3, False, False), ran
    settled.node("elsewhere").rename(settled.node("n2"))
    assert 'cron_file: "ok" → "absent"' in settled.ok("plan").out

"""The zone that cron runs in: as the C library finds it, and said when it cannot be told."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from holdfast.agent import facts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    return tmp_path / "etc"


@pytest.mark.parametrize(
    ("target", "zone"),
    [
        ("/usr/share/zoneinfo/Europe/Prague", "Europe/Prague"),
        ("../usr/share/zoneinfo/Europe/Prague", "Europe/Prague"),
        ("/usr/share/zoneinfo/posix/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("/usr/share/zoneinfo/UTC", "UTC"),
    ],
)
def test_the_link_names_the_zone(etc: Path, target: str, zone: str) -> None:
    (etc / "localtime").symlink_to(target)
    (etc / "timezone").write_text("Asia/Tokyo\n")
    assert facts.zone(str(etc.parent)) == (zone, [])


def test_a_copy_is_told_by_its_content(etc: Path) -> None:
    shutil.copy("/usr/share/zoneinfo/Europe/Prague", etc / "localtime")
    (etc / "timezone").write_text("Europe/Prague\n")
    assert facts.zone(str(etc.parent)) == ("Europe/Prague", [])


@pytest.mark.parametrize("named", ["Asia/Tokyo\n", "", "Nowhere/At_all\n"])
def test_a_copy_that_nothing_names_is_a_problem(etc: Path, named: str) -> None:
    shutil.copy("/usr/share/zoneinfo/Europe/Prague", etc / "localtime")
    (etc / "timezone").write_text(named)
    zone, (problem,) = facts.zone(str(etc.parent))
    assert (zone, problem["severity"]) == ("UTC", "error")
    assert "timedatectl" in str(problem["hint"])


def test_a_link_to_nowhere_near_is_a_problem(etc: Path) -> None:
    (etc / "localtime").symlink_to("/etc/passwd")
    zone, problems = facts.zone(str(etc.parent))
    assert (zone, len(problems)) == ("UTC", 1)


def test_a_root_may_name_its_zone_in_one_line(etc: Path) -> None:
    (etc / "timezone").write_text("America/New_York\n")
    assert facts.zone(str(etc.parent)) == ("America/New_York", [])


def test_a_root_without_a_zone_has_the_hosts(tmp_path: Path) -> None:
    zone, _ = facts.zone(str(tmp_path))
    assert zone == facts.zone("/")[0]

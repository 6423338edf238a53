"""Flags of the whole suite."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# In these nearly each test starts programs, or servers to talk to.
PROGRAMS = [
    Path(__file__).parent / name
    for name in (
        *("agent/" + part for part in ("acts", "freeze", "jobs", "kinds", "loadmaster", "peers")),
        *("agent/" + part for part in ("protocol", "reinstating", "restoring", "setup", "zfs")),
        *("agent/backups/test_usage.py", "agent/backups/test_vouching.py", "agent/test_start.py"),
        *("bench", "cli", "lab", "transport", "test_readme.py"),
    )
]

# How fast this machine happens to be is no property of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("patient"), max_examples=20)
settings.load_profile("patient")

# What a shell starts in its background ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected plans anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what starts programs; leave out what needs the machine, unless `-m` speaks of it."""
    for item in items:
        if any(each in (item.path, *item.path.parents) for each in PROGRAMS):
            item.add_marker(pytest.mark.programs)
    if "vm" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("vm")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]

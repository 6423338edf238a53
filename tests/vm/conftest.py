"""The virtual machine, booted once for all tests that do not harm it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vm import image
from vm.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    with Machine(image.build()) as machine:
        yield machine

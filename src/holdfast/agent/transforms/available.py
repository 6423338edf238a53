"""What this node has beyond Python itself: modules of its distribution, programs on its PATH."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import TYPE_CHECKING, Optional

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from types import ModuleType


class MissingError(Failed):
    """A backup needs something that the node lacks; the text says what to install."""


class Available:
    """Looks on the node itself."""

    def module(self, name: str) -> Optional[ModuleType]:
        """Return a module, None if it is not installed; one that is broken raises ImportError."""
        _see_the_distribution()
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != name.partition(".")[0]:
                raise
            return None

    def program(self, name: str) -> Optional[str]:
        """Return the path of a program, None if it is not installed."""
        import shutil  # noqa: PLC0415 - few runs look for one

        return shutil.which(name)


@functools.lru_cache(maxsize=None)
def _see_the_distribution() -> None:
    """Put the distribution's modules on the path: the agent starts without them, to start fast."""
    if sys.flags.no_site:
        import site  # noqa: PLC0415 - what -S leaves out

        site.main()

"""The compression formats and their two stages, by the word of a definition."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    from holdfast.agent.transforms.available import Available
    from holdfast.agent.transforms.pipeline import Stage


_MODULES = {"gzip": "gz", "bzip2": "bz", "xz": "xz", "zstd": "zst"}


class Format(NamedTuple):
    """How one format is written and read; both ask first what the node has."""

    compressing: Callable[[Available], Stage]
    expanding: Callable[[Available], Stage]


def find(word: str) -> Format:
    """Return a format; only what it needs itself is loaded."""
    module: ModuleType = importlib.import_module("holdfast.agent.transforms." + _MODULES[word])
    return Format(module.compressing, module.expanding)

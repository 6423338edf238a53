"""The compression formats and their two stages, by the word of a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, NamedTuple

from holdfast.agent.transforms import bz, gz, xz, zst

if TYPE_CHECKING:
    from holdfast.agent.transforms.available import Available
    from holdfast.agent.transforms.pipeline import Stage


class Format(NamedTuple):
    """How one format is written and read; both ask first what the node has."""

    compressing: Callable[[Available], Stage]
    expanding: Callable[[Available], Stage]


FORMATS: Dict[str, Format] = {
    "gzip": Format(gz.compressing, gz.expanding),
    "bzip2": Format(bz.compressing, bz.expanding),
    "xz": Format(xz.compressing, xz.expanding),
    "zstd": Format(zst.compressing, zst.expanding),
}

"""What this process does with memory that it lets go. Must not: be called by what is quick."""

from __future__ import annotations

import functools

from holdfast.agent.blocks import MIB

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h


@functools.lru_cache(maxsize=None)
def keep() -> None:
    """Use what one block of a stream lay in for the next, from now on: mallopt(3).

    Left alone, glibc gives such large pieces back at once, and the kernel clears new pages for each
    block: a tenth of a backup's CPU. Elsewhere than with glibc nothing is done.
    """
    try:
        import ctypes  # noqa: PLC0415 - it takes as long to import as it saves on a small backup

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    except (ImportError, OSError, MemoryError):  # a Python without it, or a system that forbids it
        mallopt = None
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, 128 * MIB)
        mallopt(_MMAP_THRESHOLD, 32 * MIB)
        mallopt(_ARENA_MAX, 1)  # threads that took turns would each keep their own

"""Files on their way from and to a device: no larger than one may be, no other than announced."""

from __future__ import annotations

from typing import Iterable, Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.loadmaster.errors import TooLarge

LARGEST = 100 << 20  # LoadMaster 360 takes no larger one either


def bounded(device: str, command: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what a device sends; raise TooLarge before more than it may be."""
    left = LARGEST
    for block in blocks:
        left -= len(block)
        if left < 0:
            raise TooLarge(device, "its %s is larger than %d bytes" % (command, LARGEST))
        yield block


def announced(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield what a device is sent; what goes wrong in its making is not the connection's fault.

    Other than as many bytes as were announced the device never gets as a whole request.
    """
    left = size
    try:
        for block in blocks:
            left -= len(block)
            if left < 0:
                break
            yield block
    except OSError as error:
        raise Failed("what is to be uploaded cannot be read: %s" % error) from None
    if left:
        raise Failed("what is to be uploaded is not of the %d bytes that it should be" % size)

"""A backup's bytes from source to store and back: hash, compress, encrypt, hash; and the reverse.

Must not: open files, or judge a digest: whoever has the manifest does that.
"""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, List, NamedTuple, Optional, Sequence

from holdfast.agent import heap
from holdfast.agent.transforms import formats
from holdfast.agent.transforms.available import Available, MissingError
from holdfast.agent.transforms.bandwidth import Bandwidth
from holdfast.agent.transforms.digest import Digest
from holdfast.agent.transforms.pipeline import Pipeline, Stage

if TYPE_CHECKING:
    from holdfast.agent.transforms.recipe import Packing, Recipe

Interrupt = Optional[Callable[[], None]]


class Flow(NamedTuple):
    """Blocks to be written; both digests are complete when the last block has come.

    Where nothing turns the one into the other they are the same.
    """

    blocks: Iterator[bytes]
    content: Digest
    stored: Digest


@contextlib.contextmanager
def outgoing(
    blocks: Iterable[bytes],
    recipe: Recipe,
    available: Available,
    interrupt: Interrupt = None,
) -> Iterator[Flow]:
    """Turn content into what is stored; raise before the first block if the node cannot.

    `interrupt` is Pipeline's: it makes a read of `blocks` that hangs return.
    """
    content = stored = Digest()
    stages: List[Stage] = [content.over]
    if recipe.compression != "off":
        stages.append(formats.find(recipe.compression).compressing(available))
    if recipe.encrypt_to:
        stages.append(_encrypting(recipe.encrypt_to, available))
    if len(stages) > 1:
        heap.keep()
        stored = Digest()
        stages.append(stored.over)
    stages += _limiting(recipe.bandwidth_limit)
    with Pipeline(blocks, stages, interrupt) as out:
        yield Flow(out, content, stored)


@contextlib.contextmanager
def incoming(
    blocks: Iterable[bytes],
    packing: Packing,
    file_key: Optional[bytes],
    available: Available,
    bandwidth_limit: Optional[int] = None,
    interrupt: Interrupt = None,
) -> Iterator[Flow]:
    """Turn what is stored into content; a key that is missing or not needed is refused."""
    content = stored = Digest()
    stages: List[Stage] = [stored.over, *_limiting(bandwidth_limit)]
    if packing.encrypted or file_key is not None:
        stages.append(_decrypting(packing, file_key, available))
    if packing.compression != "off":
        stages.append(formats.find(packing.compression).expanding(available))
    if packing.encrypted or packing.compression != "off":
        heap.keep()
        content = Digest()
        stages.append(content.over)
    with Pipeline(blocks, stages, interrupt) as out:
        yield Flow(out, content, stored)


def _limiting(rate: Optional[int]) -> Sequence[Stage]:
    return () if rate is None else (Bandwidth(rate).over,)


def _encrypting(recipients: Sequence[str], available: Available) -> Stage:
    _need_cryptography(available)
    from holdfast.agent.age import file, keys  # noqa: PLC0415 - only who encrypts needs the library

    parsed = [keys.Recipient.parse(recipient) for recipient in recipients]
    return functools.partial(file.encrypt, recipients=parsed)


def _decrypting(packing: Packing, file_key: Optional[bytes], available: Available) -> Stage:
    from holdfast.agent.age.errors import AgeError  # noqa: PLC0415 - the same

    if file_key is None:
        raise AgeError("the backup is encrypted: give an identity that opens it")
    if not packing.encrypted:
        raise AgeError(
            "a key was given, but the backup is not encrypted; it may not be the one meant"
        )
    _need_cryptography(available)
    from holdfast.agent.age import file  # noqa: PLC0415 - the same

    return functools.partial(file.decrypt_with, file_key=file_key)


def _need_cryptography(available: Available) -> None:
    if available.module("cryptography") is None:
        raise MissingError("this node cannot encrypt: install the package `python3-cryptography`")

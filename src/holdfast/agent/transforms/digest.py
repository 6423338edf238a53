"""SHA-256 and size of all that passes, as manifests carry them."""

from __future__ import annotations

import hashlib
from typing import Dict, Iterable, Iterator, Union


class Digest:
    """What passed so far."""

    def __init__(self) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks as they are and take them in."""
        for block in blocks:
            self.add(block)
            yield block

    def add(self, block: bytes) -> None:
        """Take a block in."""
        self._sha256.update(block)
        self.size += len(block)

    def sha256(self) -> bytes:
        """Return the digest of what passed so far."""
        return self._sha256.digest()

    def facts(self) -> Dict[str, Union[str, int]]:
        """Return the manifest's form: `{"sha256": …, "size": …}`."""
        return {"sha256": self._sha256.hexdigest(), "size": self.size}

"""SHA-256 and size of all that passes, as manifests carry them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Dict, Iterable, Iterator, Union

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


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


class Told(Digest):
    """What passed at the other end of a wire, once that end has told it."""

    def __init__(self) -> None:
        super().__init__()
        self._sum = ""

    def tell(self, given: Fields) -> None:
        """Take in what the other end found."""
        self._sum, self.size = given.text("sha256"), given.whole("size")

    def facts(self) -> Dict[str, Union[str, int]]:
        """Return the manifest's form, complete when it was told."""
        return {"sha256": self._sum, "size": self.size}

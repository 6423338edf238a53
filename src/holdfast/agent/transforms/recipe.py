"""What is done to a backup's bytes, as a definition asks for it and as a file's name tells it."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional, Tuple

_SUFFIXES = {"off": "", "gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst"}
COMPRESSIONS = tuple(_SUFFIXES)
_AGE = ".age"


class Recipe(NamedTuple):
    """What a definition asks for; nobody to encrypt to means plain, which it says in full."""

    compression: str
    encrypt_to: Tuple[str, ...]
    bandwidth_limit: Optional[int]

    @classmethod
    def of(cls, definition: Mapping[str, object]) -> Recipe:
        """Return the recipe of a definition's canonical attributes; raise ValueError for no recipe.

        A member that is missing is an error, too: a backup is never plain by omission.
        """
        compression = definition.get("compression")
        encrypt_to = definition.get("encrypt_to")
        limit = definition.get("bandwidth_limit")
        if not isinstance(compression, str) or compression not in _SUFFIXES:
            raise ValueError(f"compression {compression!r} is none of {', '.join(COMPRESSIONS)}")
        if not isinstance(encrypt_to, (list, tuple)) or not all(
            isinstance(recipient, str) for recipient in encrypt_to
        ):
            raise ValueError("encrypt_to is not a list of recipients")
        if limit is not None and (type(limit) is not int or limit <= 0):
            raise ValueError(f"bandwidth_limit {limit!r} is no number of bytes a second")
        return cls(compression, tuple(encrypt_to), limit)

    @property
    def packing(self) -> Packing:
        """What a file made so is wrapped in."""
        return Packing(self.compression, bool(self.encrypt_to))


class Packing(NamedTuple):
    """What a stored file is wrapped in."""

    compression: str
    encrypted: bool

    @classmethod
    def of(cls, file: str) -> Packing:
        """Return the packing that a file's name tells."""
        stem = file[: -len(_AGE)] if file.endswith(_AGE) else file  # noqa: FURB188 - Python 3.9
        for compression, suffix in _SUFFIXES.items():
            if suffix and stem.endswith(suffix):
                return cls(compression, stem != file)
        return cls("off", stem != file)

    @property
    def suffix(self) -> str:
        """The end of a file's name: `.gz.age`, `.zst`, or nothing."""
        return _SUFFIXES[self.compression] + (_AGE if self.encrypted else "")

"""The archive's entry. Our modules come from what an apply compiled for this Python, if it did.

The archive alone does as well, only slower: compiling takes most of the start of a process, and
finding each module in a zip much of the rest. Must not: import anything of ours before that.
"""

from __future__ import annotations

import contextlib
import importlib.util
import marshal
import os
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from types import ModuleType

_SEAL, LENGTH = 32, 8  # bytes before the index: a digest, and how long the index is


class Compiled:
    """The modules in a file: sealed, the index, then all code.

    The index tells of each module by name whether it is a package, where its code is, and how long
    that is. A start takes the file as it is; who brings the archive once more looks at the seal.
    """

    def __init__(self, archive: str) -> None:
        """Read the index; raise whatever comes of a file that is not whole."""
        self._archive, self._path = archive, path(archive)
        with open(self._path, "rb") as file:
            whole = os.fstat(file.fileno()).st_size
            file.seek(_SEAL)
            length = min(int.from_bytes(file.read(LENGTH), "little"), whole)
            index: dict[str, tuple[bool, int, int]] = marshal.loads(file.read(length))  # noqa: S302 - as trusted as the archive beside it
            self._index = index
            self._begin = file.tell()
        if self._begin + sum(size for _, _, size in index.values()) != whole:
            raise ValueError(self._path)

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module is loaded: from here, if it is one of ours and we are still there."""
        if name not in self._index or not os.path.exists(self._path):
            return None
        is_package = self._index[name][0]
        spec = ModuleSpec(name, self, origin=self._path, is_package=is_package)  # type: ignore[arg-type]  # a loader by what it does: importlib.abc is slow to load
        if is_package:  # where the archive has the rest, should an apply take this file away
            spec.submodule_search_locations = [os.path.join(self._archive, *name.split("."))]
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave it to Python to make the empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code."""
        _, place, size = self._index[module.__name__]
        # Not kept open: a fork closes what it does not know.
        with open(self._path, "rb", buffering=0) as file:
            file.seek(self._begin + place)
            exec(marshal.loads(file.read(size)), module.__dict__)  # noqa: S102, S302 - as above


def path(archive: str) -> str:
    """Return where the compiled form of an archive lies, for this very version of bytecode."""
    return "%s.%s.compiled" % (archive[: -len(".pyz")], importlib.util.MAGIC_NUMBER.hex())


def prefer_compiled() -> None:
    """Have our modules come from the file that an apply compiled, where it is there."""
    # The symlink that started us may be switched while we run: import from where it points now.
    sys.path[0] = os.path.realpath(sys.path[0])
    # One that cannot be read is as good as none: backups go on, only slower.
    with contextlib.suppress(Exception):
        sys.meta_path.insert(0, Compiled(sys.path[0]))


if __name__ == "__main__":
    prefer_compiled()
    from holdfast.agent.main import main

    sys.exit(main(sys.argv[1:]))

"""An archive compiled for the Python of its node: compiling takes most of the start of a process.

`__main__` prefers it where it is there; the archive alone does as well, only slower.
"""

from __future__ import annotations

import importlib.util
import io
import marshal
import os
import zipfile

from holdfast.agent import atomic

_UNCHECKED = (1).to_bytes(4, "little")  # PEP 552: the source is not looked at again


def path(archive: str) -> str:
    """Return where the compiled form of an archive lies, for this very version of bytecode."""
    return "%s.%s.zip" % (archive[: -len(".pyz")], importlib.util.MAGIC_NUMBER.hex())


def make(archive: str) -> None:
    """Compile an archive unless that is done; its content never changes, so once is enough."""
    if os.path.exists(path(archive)):
        return
    content = io.BytesIO()
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(content, "w") as target:
        for name in source.namelist():
            if name.endswith(".py"):
                target.writestr(
                    name + "c", _compile(os.path.join(archive, name), source.read(name))
                )
    atomic.write(path(archive), content.getvalue(), 0o644)


def _compile(name: str, source: bytes) -> bytes:
    code = marshal.dumps(compile(source, name, "exec", dont_inherit=True))
    head = importlib.util.MAGIC_NUMBER + _UNCHECKED + importlib.util.source_hash(source)
    return head + code

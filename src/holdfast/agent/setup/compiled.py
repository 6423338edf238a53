"""Compiles an archive for the Python of its node; `agent/start.py` prefers what comes of it."""

from __future__ import annotations

import marshal
import os
import zipfile

from holdfast.agent import atomic, sealed, start

_PACKAGE = ".__init__"


def make(archive: str) -> None:
    """Compile an archive unless that is done; its content never changes, so once is enough."""
    if os.path.exists(start.path(archive)):
        return
    index: dict[str, tuple[bool, int, int]] = {}
    code = bytearray()
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            module = name[: -len(".py")].replace("/", ".")
            is_package = module.endswith(_PACKAGE)
            compiled = _compile(os.path.join(archive, name), source.read(name))
            if is_package:
                module = module[: -len(_PACKAGE)]
            index[module] = is_package, len(code), len(compiled)
            code += compiled
    told = marshal.dumps(index)
    content = len(told).to_bytes(start.LENGTH, "little") + told + code
    atomic.write(start.path(archive), sealed.seal(content), 0o644)


def _compile(name: str, source: bytes) -> bytes:
    return marshal.dumps(compile(source, name, "exec", dont_inherit=True))

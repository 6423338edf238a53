"""The stream of a backup that is a snapshot, brought here; what breaks off goes on where it was."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from holdfast.engine.act import Act, Progress
from holdfast.engine.decode import fitting
from holdfast.engine.download import brought_bytes, sha256_of
from holdfast.engine.members import mapping, text, whole
from holdfast.engine.written import alone
from holdfast.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.engine.act import Doing
    from holdfast.engine.members import Line
    from holdfast.engine.stock import Stored

_ENDLESS = 1 << 62  # each line is written down and forgotten: no memory is filled


@contextmanager
def stream(doing: Doing, backup: Stored, target: Path, accept: str | None = None) -> Iterator[Path]:
    """Give the file beside target that holds the whole stream, as its node proves it.

    No other download gets it before the end.
    """
    with fitting(backup.node):
        guid = text(mapping({"manifest": backup.manifest}, "manifest"), "snapshot")
    part = target.with_name(f".{target.name}.{guid}.part")
    with alone(part, target) as file:
        file.seek(0, os.SEEK_END)
        asked = {"offset": file.tell(), "accept": accept}
        told: Line = {}
        act = replace(Act.on("outflow", backup, **asked), most=_ENDLESS)
        with closing(doing.lines(act)) as lines:
            for line in lines:
                told = line
                if line["type"] == "bytes":
                    file.write(brought_bytes(backup.node, line))
                    with fitting(backup.node):
                        total = max(whole(line, "total"), file.tell())
                    doing.tell(Progress(file.tell(), total))
        file.flush()
        os.fsync(file.fileno())
        with fitting(backup.node):
            proven = (text(told, "sha256"), whole(told, "size"))
        if (sha256_of(part), part.stat().st_size) != proven:
            part.unlink()
            raise BackupError(f"{backup.name}: what came is not what was sent; download it again")
        yield part

"""An image compressed, encrypted, hashed and stored: by us, by the usual pipes, by two tools."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bench import contents, node, peers
from bench.command import Command, CommandError, run
from bench.contest import OURS, Contest, Goal, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.node import Node

MEMORY = Goal(Measure.MEMORY, 128)
GOALS = {
    "compressible": (
        Goal(Measure.FASTER, 6, "gzip | age | sha256sum"),
        Goal(Measure.FASTER, 3, "pigz | age | openssl"),
        Goal(Measure.FASTER, 3, "restic"),
        Goal(Measure.FASTER, 1.8, "borg"),
        MEMORY,
    ),
    "random": (MEMORY,),
}
IMAGE = "/images/disk.raw"
# The module `isal` is what the Python here has; Debian's own has none yet, and takes the program.
IGZIP = f"{OURS}, igzip"
# Each reads the image once and leaves a file and the digest of what is in it.
PIPES = {
    "gzip | age | sha256sum": "gzip -1 <{image} | age -r {to} | tee out | sha256sum >sum",
    "pigz | age | openssl": "pigz -1 <{image} | age -r {to} | tee out | openssl dgst -sha256 >sum",
}
SECRET = {"RESTIC_PASSWORD": "bench", "BORG_PASSPHRASE": "bench"}


def contests(work: Path, mebibytes: int) -> Iterator[Contest]:
    """Set up one contest after the other: of what compresses and of what does not."""
    for kind, goals in GOALS.items():
        folder = work / "backups"
        shutil.rmtree(folder, ignore_errors=True)
        ours = node.make(folder / OURS)
        image = ours.inside(IMAGE)
        contents.write(kind, image, mebibytes)
        recipient = peers.recipient(folder)
        by_program = _ours(ours, recipient)
        by_module = replace(by_program, argv=(sys.executable, *by_program.argv[1:]))
        commands = {OURS: by_module, IGZIP: by_program}
        for name, line in PIPES.items():
            commands[name] = _pipe(folder / name.partition(" ")[0], line, image, recipient)
        commands["restic"] = _restic(folder / "restic", image)
        commands["borg"] = _borg(folder / "borg", image)
        yield Contest(f"Backup of {mebibytes} MiB, {kind}", commands, goals)


def _ours(here: Node, recipient: str) -> Command:
    """Return the run of a definition, from cron's start of the agent to the manifest."""
    disk = {"image": IMAGE}
    given = {"type": "file", "compression": "gzip", "encrypt_to": [recipient]}
    return here.apply(disk, {"path": "/backups"}, given, clear=("backups/srv",))


def _pipe(folder: Path, line: str, image: Path, recipient: str) -> Command:
    folder.mkdir()
    words = ("bash", "-o", "pipefail", "-c", line.format(image=image, to=recipient))
    return Command(
        words,
        folder,
        prepare=partial(_remove, folder / "out"),
        verify=partial(_there, folder / "out"),
    )


def _restic(folder: Path, image: Path) -> Command:
    folder.mkdir()
    repository = folder / "repository"
    init = ("restic", "init", "-q", "-r", str(repository))
    words = ("restic", "backup", "-q", "--no-cache", "-r", str(repository), str(image))
    anew = partial(_anew, Command(init, folder, environment=SECRET), repository)
    return Command(words, folder, environment=SECRET, prepare=anew)


def _borg(folder: Path, image: Path) -> Command:
    folder.mkdir()
    repository, settings = folder / "repository", SECRET | {"BORG_BASE_DIR": str(folder)}
    init = ("borg", "init", "-e", "repokey", str(repository))
    words = ("borg", "create", f"{repository}::one", str(image))
    anew = partial(_anew, Command(init, folder, environment=settings), repository)
    return Command(words, folder, environment=settings, prepare=anew)


def _anew(init: Command, repository: Path) -> None:
    """Begin a repository: in a used one everything is there already."""
    shutil.rmtree(repository, ignore_errors=True)
    run(init)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _there(path: Path) -> None:
    if path.stat().st_size == 0:
        raise CommandError(f"{path} is empty")

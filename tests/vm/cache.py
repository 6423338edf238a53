"""Systems that take minutes to build, kept while their recipe stands."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = Path(__file__).parents[2] / ".holdfast/vm"
MIRROR = "http://deb.debian.org/debian"


def kept(name: str, recipe: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder that `make` filled, made anew when the file with its recipe has changed.

    Others that want it wait; the folder of a former recipe and what a broken build left go.
    """
    place = PLACE / name
    place.mkdir(parents=True, exist_ok=True)
    folder = place / hashlib.sha256(recipe.read_bytes()).hexdigest()[:16]
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for path in place.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
            making = place / "making"
            making.mkdir()
            sys.stderr.write(f"building {folder}: some minutes\n")
            make(making)
            making.rename(folder)
    return folder


def bootstrap(suite: str, packages: tuple[str, ...], root: Path) -> None:
    """Make a Debian of packages; beside it stands a log of how that went."""
    log = root.parent / "build.log"
    # In mounts of its own: of one that is killed none of the machine's own stays in the folder.
    command = ["unshare", "--mount", "nice", "mmdebstrap"]
    command += ["--variant=minbase", "--components=main,contrib"]
    command += [f"--include={','.join(packages)}", suite, str(root), MIRROR]
    with log.open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=out, check=False)
    if done.returncode:
        sys.exit(f"mmdebstrap failed: see {log}")

"""The peers: which versions, and the virtual environment of their own, made on demand."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from bench.command import CommandError

SETUP = Path(__file__).parents[1] / "tests/setup.py"
PINNED = ("octodns==1.22.0", "ansible-core==2.19.14", "pyinfra==3.10.0")


def environment(work: Path) -> Path:
    """Return the folder of the peers' programs; installs them the first time."""
    venv = work / "venv"
    mark = venv / "pinned.txt"
    wanted = "\n".join(PINNED)
    if not mark.exists() or mark.read_text() != wanted:
        sys.stderr.write(f"installing {', '.join(PINNED)} into {venv}\n")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(venv / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PINNED], check=True)
        mark.write_text(wanted)
    return venv / "bin"


def terraform() -> str:
    """Return the terraform on the PATH; there is no package of it to install."""
    found = shutil.which("terraform")
    if not found:
        raise CommandError("terraform is not on the PATH: install it, or leave out `plan`")
    return found


def holdfast() -> str:
    """Return the `holdfast` program of the environment that the bench runs in."""
    program = Path(sysconfig.get_path("scripts")) / "holdfast"
    if not program.exists():
        raise CommandError(f"{program}: not there (pip install -e . puts it there)")
    return str(program)


def debian() -> None:
    """Have the peers that are Debian packages: installed where this is root, else named."""
    done = subprocess.run([sys.executable, str(SETUP), "bench"], check=False)
    if done.returncode:
        raise CommandError("packages are missing; they are named above")


def recipient(folder: Path) -> str:
    """Make an age key in a folder and return its public half."""
    made = subprocess.run(
        ["age-keygen", "-o", str(folder / "key")], capture_output=True, text=True, check=True
    )
    return made.stderr.split()[-1]


def versions() -> str:
    """Return the pinned peers for the foot of a table."""
    return ", ".join(PINNED).replace("==", " ")

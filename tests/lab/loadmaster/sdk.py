"""An environment with the vendor's own SDK, made when a test first needs it.

The SDK's setup.py breaks with every pip of today, so pip is made to leave the unpacked, checked
sdist behind, and the package is taken from there.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HOME = ROOT / ".holdfast" / "sdk-0.7.43"
SDIST = (
    "python-kemptech-api==0.7.43"
    " --hash=sha256:03e1a2fb10124fdea5978ba9d42abd325665716d526d81d01072062a8ef45899"
)
NEEDS = ("requests", "netaddr", "lxml")


def python() -> str:
    """Return a Python that can import the SDK."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        interpreter = HOME / "venv" / "bin" / "python"
        if not (HOME / "ready").exists():
            _make(str(interpreter))
            (HOME / "ready").touch()
        return str(interpreter)


def _make(interpreter: str) -> None:
    shutil.rmtree(HOME / "venv", ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(HOME / "venv"))
    _run(interpreter, "-m", "pip", "install", "-q", *NEEDS)
    packages = _run(
        interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
    ).strip()
    shutil.copytree(_unpacked(interpreter), Path(packages) / "python_kemptech_api")


def _unpacked(interpreter: str) -> Path:
    """Return the package's folder of the sdist that pip unpacked before it failed."""
    folder = HOME / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "requirements.txt").write_text(SDIST, encoding="utf-8")
    command = [interpreter, "-m", "pip", "download", "--no-clean", "--no-deps", "--require-hashes"]
    command += ["--no-binary", ":all:", "-d", str(folder), "-r", str(folder / "requirements.txt")]
    result = subprocess.run(
        command,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    found = sorted(folder.glob("*/python-kemptech-api_*/python_kemptech_api"))
    if not found:
        raise RuntimeError(_unreachable(command, result))
    return found[0]


def _run(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(_unreachable(list(command), result))
    return result.stdout


def _unreachable(command: list[str], result: subprocess.CompletedProcess[str]) -> str:
    return (
        "the vendor's SDK cannot be installed; is PyPI reachable from here?\n"
        f"{' '.join(command)}\n{result.stdout}{result.stderr}"
    )

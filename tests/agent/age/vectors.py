"""The public test vectors of age, from the npm package `cctv-age`, kept in a cache and not here.

Run as a program it only fetches them.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

PACKAGE = "cctv-age@0.2.0"
SHA256 = "94a2a220a95b158a69997e84405bb5d4ef84adf05d15bf341b83ec3ba9dd846e"
CACHE = Path(__file__).parents[3] / ".holdfast" / "cache" / "cctv-age-0.2.0.tgz"
_VECTOR = re.compile(r'// \.\./testdata/(\S+)\nvar \w+ = __toBinary\("([^"]+)"\)')


class Vector(NamedTuple):
    name: str
    expect: str
    payload: str | None  # the digest of all that may be released
    identities: tuple[str, ...]
    keys: frozenset[str]
    file: bytes

    @property
    def is_ours(self) -> bool:
        """Tell whether it is about X25519, header or STREAM: not armor, passphrase or hybrid."""
        others = "armored" in self.keys or self.name.startswith("hybrid")
        only_passphrase = "passphrase" in self.keys and not self.identities
        return not others and not only_passphrase


def fetch() -> Path:
    """Return the package's archive, from the cache or by npm; its bytes are the pinned ones."""
    if not CACHE.exists():
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
            subprocess.run(
                ["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True
            )
            (packed,) = Path(folder).iterdir()
            os.replace(packed, CACHE)
    assert hashlib.sha256(CACHE.read_bytes()).hexdigest() == SHA256, f"{CACHE} is not {PACKAGE}"
    return CACHE


def load() -> list[Vector]:
    """Return all vectors of the package."""
    with tarfile.open(fetch()) as archive:
        member = archive.extractfile("package/index.js")
        assert member is not None
        script = member.read().decode()
    return [_vector(name, base64.b64decode(text)) for name, text in _VECTOR.findall(script)]


def _vector(name: str, raw: bytes) -> Vector:
    head, _, file = raw.partition(b"\n\n")
    pairs = [line.split(": ", 1) for line in head.decode().split("\n")]
    fields = dict(pairs)
    if "compressed" in fields:
        assert fields["compressed"] == "zlib"
        file = zlib.decompress(file)
    identities = tuple(value for key, value in pairs if key == "identity")
    payload = fields.get("payload")
    return Vector(name, fields["expect"], payload, identities, frozenset(fields), file)


if __name__ == "__main__":
    fetch()

"""A `zfs` program that plays what a test says, and notes how it was called."""

from __future__ import annotations

import fcntl
import json
import os
import struct
import sys
import zlib
from typing import TYPE_CHECKING

from holdfast.agent.zfs import features

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """#!{python} -IS
import fcntl, json, sys, time
words = sys.argv[1:]
came = len(sys.stdin.buffer.read()) if words[1:] and words[0] == "receive" else 0
log = open({log!r}, "a")
fcntl.flock(log, fcntl.LOCK_EX)  # several may be at work at once
with open({script!r}) as file:
    slow = [each for each in json.load(file) if each[0] and each[0] == words[: len(each[0])]]
if slow and slow[0][5]:
    fcntl.flock(log, fcntl.LOCK_UN)
    time.sleep(slow[0][5])
    fcntl.flock(log, fcntl.LOCK_EX)
with open({script!r}) as file:
    script = json.load(file)
for answer in script:
    begin, out, errors, code, once, _ = answer
    if words[: len(begin)] == begin and bool(begin) == bool(words):
        log.write(json.dumps([words, came]) + "\\n")
        if once:
            script.remove(answer)
            with open({script!r}, "w") as file:
                json.dump(script, file)
        sys.stdout.write(out)
        sys.stderr.write(errors)
        sys.exit(code)
sys.exit("not in the script: " + " ".join(words))
"""

# How OpenZFS 2.1.11 and zfs-fuse 0.7.0 say that they are used.
USAGE = """missing command
usage: zfs command args ...
where 'command' is one of the following:

\tdestroy [-fnpRrv] <filesystem|volume>

%s%s
Each dataset is of the form: pool/[dataset/]*dataset[@name]
"""
SEND = """\
\tsend [-DnPpRVvLecwhb] [-[i|I] snapshot] <snapshot>
\tsend [-DnVvPLecw] [-i snapshot|bookmark] <filesystem|volume|snapshot>
\tsend [-DnPpVvLec] [-i bookmark|snapshot] --redact <bookmark> <snapshot>
\tsend [-nVvPe] -t <receive_resume_token>
\tsend [-PnVv] --saved filesystem
"""
RECEIVE = """\
\treceive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ...
\t    <filesystem|volume|snapshot>
\treceive -A <filesystem|volume>
"""
LOAD_KEY = "\tload-key [-rn] [-L <keylocation>] <-a | filesystem|volume>\n"
FUSE_SEND = "\tsend [-RDp] [-[iI] snapshot] <snapshot>\n"
FUSE_RECEIVE = "\treceive [-vnF] <filesystem|volume|snapshot>\n\treceive [-vnF] -d <filesystem>\n"


class Script:
    """What `zfs` answers to commands that begin so; the first that fits does, `once` or always."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._script, self._log = folder / "script.json", folder / "log"
        program = folder / "zfs"
        program.write_text(
            _PROGRAM.format(python=sys.executable, log=str(self._log), script=str(self._script))
        )
        program.chmod(0o755)
        self._answers: list[tuple[list[str], str, str, int, bool, float]] = []
        self.usage(SEND, RECEIVE + LOAD_KEY)

    def usage(self, send: str, receive: str) -> None:
        """Say how it is used, for good."""
        self._put([], "", USAGE % (send, receive), 2, once=False)

    def answer(
        self, line: str, out: str = "", errors: str = "", *, once: bool = False, seconds: float = 0
    ) -> None:
        """Answer commands that begin with a line's words; one that has errors fails."""
        self._put(line.split(), out, errors, 1 if errors else 0, once=once, seconds=seconds)

    def called(self, *names: str) -> list[tuple[list[str], int]]:
        """Return how commands with words were called, and how many bytes they were given."""
        text = self._log.read_text() if self._log.exists() else ""
        lines = (json.loads(line) for line in text.splitlines())
        return [
            (words, came) for words, came in lines if words[:1] and words[0] in names and words[1:]
        ]

    def _put(
        self,
        begin: list[str],
        out: str,
        errors: str,
        code: int,
        *,
        once: bool,
        seconds: float = 0,
    ) -> None:
        # The latest first, and what is more than a word before the usage.
        self._answers.insert(0, (begin, out, errors, code, once, seconds))
        ordered = sorted(self._answers, key=lambda each: (-len(each[0]), not each[4]))
        with self._log.open("a") as log:
            fcntl.flock(log, fcntl.LOCK_EX)  # one that is at work reads it whole
            self._script.write_text(json.dumps(ordered))


def ask_anew() -> None:
    """Have this process ask the next `zfs` what it can, as if it were a new one."""
    features.asked.cache_clear()
    features.here.cache_clear()


def on_path(folder: Path) -> str:
    """Return a PATH on which the program comes first."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def renamed(text: str, name: str, checksum: int = 0) -> str:
    """Return the token of a/enc@one as one of a snapshot of another name."""
    version, _, _, packed = text.split("-")
    content = zlib.decompress(bytes.fromhex(packed))
    old, new = b"a/enc@one\0\0\0", f"a/enc@{name}".encode() + b"\0"
    new += bytes(-len(new) % 8)
    at = content.index(b"toname") - 16
    (size,) = struct.unpack_from("<i", content, at)
    place = content.index(old)
    changed = content[:place] + new + content[at + size :]
    changed = changed[:at] + struct.pack("<i", size + len(new) - 16) + changed[at + 4 :]
    packed = zlib.compress(changed).hex()
    return f"{version}-{checksum:x}-{len(changed):x}-{packed}"

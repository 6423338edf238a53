"""What is run on a node to have its agent speak. Must not: open connections.

Each is a piece of POSIX shell. `$0` is the Python to use, and HOLDFAST_ROOT is set where the node
is a directory: so a local node gets the very commands that go over ssh.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from holdfast.transport.lines import LONGEST_ANSWER

_READ = """\
agent="$HOLDFAST_ROOT/opt/holdfast/holdfast-agent"
if [ -x "$agent" ]; then exec "$0" -I -S "$agent" rpc; fi
exec "$0" -I -S -c "$1"
"""
_PROBE = 'exec "$0" -I -S -c "$1" "$2"'
_APPLY = 'exec "$0" -I -S "$HOLDFAST_ROOT/opt/holdfast/agents/$1.pyz" rpc'
_INSTALL = 'exec "$0" -I -S -c "$1" "$2" "$3"'

# Any Python 3 can read this, so that one too old for what follows can say so.
_UNPACK = """\
import sys
if sys.version_info < (3, 9):
    sys.exit("python3 is %s; Holdfast needs 3.9 or newer" % sys.version.split()[0])
import types
for name, source in SOURCES:
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
    exec(compile(source, name, "exec"), module.__dict__)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
"""


@dataclass(frozen=True)
class Command:
    """A program for a node: shell text, its arguments from `$1` on, and what it is fed first.

    An answer longer than `most` is cut off: it might fill the memory.
    """

    script: str
    arguments: tuple[str, ...] = ()
    prologue: bytes = field(default=b"", repr=False)
    most: int = LONGEST_ANSWER

    def words(self, python: str) -> list[str]:
        """Return the argument list that runs it."""
        return ["/bin/sh", "-c", self.script, python, *self.arguments]


def read() -> Command:
    """Have the installed agent answer; without one, a probe answers in its stead."""
    return Command(_READ, (_probe(),))


def probe(broken: str) -> Command:
    """Have a probe answer in the stead of an agent that is broken, and say in what words it is."""
    return Command(_PROBE, (_probe(), broken))


def apply(sha256: str) -> Command:
    """Have the agent answer that is known to be there under this SHA-256."""
    return Command(_APPLY, (sha256,))


def install(sha256: str, archive: bytes) -> Command:
    """Bring an agent, then have it answer."""
    modules = ("holdfast.agent.layout", "holdfast.agent.atomic", "holdfast.agent.sealed")
    program = _carry("install", *modules)
    return Command(_INSTALL, (program, sha256, str(len(archive))), archive)


def _probe() -> str:
    return _carry("probe", "holdfast.agent.lines", "holdfast.agent.layout", "holdfast.agent.facts")


@cache
def _carry(program: str, *modules: str) -> str:
    """Return one text that holds a carried program and the agent's modules that it imports."""
    sources = [
        ("holdfast", ""),
        ("holdfast.agent", ""),
        *((name, _source(name)) for name in modules),
    ]
    main = _source(f"holdfast.transport.carried.{program}")
    return f"SOURCES = {sources!r}\n{_UNPACK}\nexec(compile({main!r}, {program!r}, 'exec'))\n"


def _source(module: str) -> str:
    package, _, name = module.rpartition(".")
    return resources.files(package).joinpath(f"{name}.py").read_text(encoding="utf-8")

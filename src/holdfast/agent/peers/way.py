"""The program whose pipes are the wire: OpenSSH's client, or the other agent where it is here.

ssh reads no configuration, asks nobody, forwards nothing, and knows one host key.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import atomic
from holdfast.agent.failure import Failed
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from holdfast.agent.peers.known import Known

_OPTIONS = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=/dev/null",
    "UpdateHostKeys=no",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PreferredAuthentications=publickey",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "ControlMaster=no",
    "ControlPath=none",
    "Compression=no",
    "EscapeChar=none",
    "ConnectTimeout=20",
    "ServerAliveInterval=10",
    "ServerAliveCountMax=3",
    "LogLevel=ERROR",
)


class Way(NamedTuple):
    """An argument list, and the environment that it is run with."""

    words: tuple[str, ...]
    environ: dict[str, str]


def to(layout: Layout, known: Known) -> Way:
    """Return the program that reaches a node; its host key is put where that program finds it."""
    environ = {name: os.environ[name] for name in ("PATH", "LC_ALL") if name in os.environ}
    if known.root:
        return _beside(layout, known, environ)
    alias = "holdfast-" + known.node
    # Of one name a node, so that a kill leaves no more than one; what is in it is the same for all.
    hosts = os.path.join(layout.run, "known-%s-%s" % (layout.inventory, known.node))
    atomic.write(hosts, "%s %s\n" % (alias, known.host_key))
    options = (
        *_OPTIONS,
        'UserKnownHostsFile="%s"' % hosts,
        'IdentityFile="%s"' % layout.identity,
        "HostKeyAlias=" + alias,
    )
    given = (word for option in options for word in ("-o", option))
    login = ("-p", str(known.port), "-l", known.user, "--", known.address)
    # The other side's forced command is what runs; this says the same to whoever reads its log.
    asked = "/opt/holdfast/holdfast-agent peer %s %s" % (layout.inventory, known.me)
    return Way(("ssh", "-F", "/dev/null", "-T", *given, *login, asked), environ)


def _beside(layout: Layout, known: Known, environ: dict[str, str]) -> Way:
    root = os.path.normpath(os.path.join(layout.root, known.root))
    agent = os.path.realpath(Layout(layout.inventory, root).agent)
    if not os.path.isfile(agent):
        raise Failed("node %s has no agent at %s: apply the inventory to it" % (known.node, agent))
    words = (sys.executable, "-I", "-S", agent, "peer", layout.inventory, known.me)
    return Way(words, {**environ, "HOLDFAST_ROOT": root})

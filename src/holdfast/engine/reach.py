"""How each node is reached: the inventory's words and the keys at hand, to endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from holdfast.engine.credentials import home, resolve
from holdfast.errors import KeyRefused, Speechless, Unauthorized
from holdfast.transport import bootstrap
from holdfast.transport.identity import KeyAgent, KeyFile, KeySource, KeyText
from holdfast.transport.session import Endpoint, Local, Ssh, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.secret import SecretRef
    from holdfast.transport.answer import Message
    from holdfast.transport.bootstrap import Command


class Purpose(Enum):
    """What a session is for; reading prefers the key that can do no more."""

    READ = "read"
    APPLY = "apply"


@dataclass(frozen=True)
class Reach:
    """The ways to every node of an inventory."""

    inventory: Inventory
    environ: Mapping[str, str]

    def converse(
        self, node: str, purpose: Purpose, command: Command, request: bytes
    ) -> Iterator[Message]:
        """Yield a node's answer; a node that refuses the read-only key is asked with the other.

        It does not know that key before the first apply has put it there.
        """
        *first, last = self._endpoints(node, purpose)
        for endpoint in first:
            try:
                return iter(list(ask(endpoint, command, request)))
            except KeyRefused:
                continue
        return ask(last, command, request)

    def read(self, node: str, purpose: Purpose, request: bytes) -> Iterator[Message]:
        """Yield a node's answer to a read; where its agent is broken, a probe's that says so."""
        try:
            lines = self.converse(node, purpose, bootstrap.read(), request)
            first = next(lines)
        except Speechless as error:
            yield from self.converse(node, purpose, bootstrap.probe(error.message), request)
            return
        yield first
        yield from lines

    def _endpoints(self, node: str, purpose: Purpose) -> list[Endpoint]:
        declared = self.inventory.nodes[node]
        if declared.transport == "local":
            return [Endpoint(node, Local(self.inventory.base / (declared.root or "")))]
        tries = range(len(self._keys(node, purpose)))
        return [Endpoint(node, self._ssh(node, purpose, place)) for place in tries]

    def _ssh(self, node: str, purpose: Purpose, place: int) -> Ssh:
        """Return the way to a node with the key at a place of the order, jump hosts included."""
        declared = self.inventory.nodes[node]
        ssh, address = declared.ssh, declared.address
        keys = self._keys(node, purpose)
        if ssh is None or address is None:
            raise Unauthorized(node, "it is a local node and cannot be reached over ssh")
        jump = self._ssh(declared.via, purpose, place) if declared.via else None
        key = keys[min(place, len(keys) - 1)]
        return Ssh(address, ssh.host_key, ssh.port, ssh.user, key, jump)

    def _keys(self, node: str, purpose: Purpose) -> list[KeySource]:
        """Return the keys to try, in order; raise Unauthorized where none is at hand."""
        ssh = self.inventory.nodes[node].ssh
        if ssh is None:
            raise Unauthorized(node, "it is a local node and cannot be reached over ssh")
        references = [ssh.identity]
        if purpose is Purpose.READ and ssh.read_identity is not None:
            references.insert(0, ssh.read_identity)
        found = [key for key in map(self._key, references) if key is not None]
        if not found:
            words = " nor ".join(str(reference) for reference in references)
            raise Unauthorized(node, f"no key to log in with: {words} is not set here")
        return found

    def _key(self, reference: SecretRef) -> KeySource | None:
        if reference.kind == "agent":
            return KeyAgent()
        if reference.kind == "file":
            path = self.inventory.base / home(reference.name, self.environ)
            return KeyFile(str(path)) if path.exists() else None
        text = resolve(reference, self.inventory.base, self.environ)
        return None if text is None else KeyText(str(reference), text)

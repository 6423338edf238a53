"""One request, checked and typed. Must not: act on it, or let anything unchecked through."""

from __future__ import annotations

import json

from holdfast.agent import names
from holdfast.agent.layout import PROTOCOL

LARGEST = 64 * 1024 * 1024
READS = ("read", "status", "backups")
_NAMED = {
    "agent": lambda name: name == "",
    "identity": lambda name: name == "",
    "reader": lambda name: name == "",
    "storage": names.is_name,
    "secret": names.is_secret,
    "loadmaster": names.is_name,
    "peer": names.is_name,
    "known": names.is_name,
    "signer": names.is_name,
    "definition": names.is_id,
    "lock": names.is_backup,
    "automated-backup": names.is_name,
}


class Refusal(Exception):
    """The whole request is refused; `code` is one of the protocol's."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Op:
    """One op; members that its kind of op does not have are empty."""

    def __init__(self, document: dict[str, object]) -> None:
        self.op = _text(document, "op")
        if self.op not in (*READS, "apply", "act"):
            raise Refusal("request", "unknown op " + repr(self.op)[:80])
        self.kind = self.name = self.before = ""
        self.after: dict[str, object] | None = None
        self.previous: str | None = None
        self.extra: dict[str, object] = {}
        self.wanted = _mapping(document, "wanted") if "wanted" in document else None
        self.storages = _mapping(document, "storages") if "storages" in document else None
        self.secrets = _mapping(document, "secrets")
        self.limits = _texts(document, "limits") if "limits" in document else []
        self.chains = _texts(document, "chains") if "chains" in document else []
        self.names = _texts(document, "names") if "names" in document else None
        self.loadmasters = _texts(document, "loadmasters") if "loadmasters" in document else []
        if not all(map(names.is_name, self.loadmasters)):
            raise Refusal("request", "`loadmasters` must be a list of names")
        self.act = self.storage = self.backup = ""
        self.arguments = _mapping(document, "arguments")
        if self.op == "act":
            self._act(document)
        if self.op == "apply":
            self._name(document)
            self.before = _text(document, "before")
            self.after = None if document.get("after") is None else _mapping(document, "after")
            self.extra = _mapping(document, "extra")

    def _act(self, document: dict[str, object]) -> None:
        self.act = _text(document, "act")
        if "backup" in document:
            self.storage, self.backup = _text(document, "storage"), _text(document, "backup")
            if not names.is_name(self.storage) or not names.is_backup(self.backup):
                said = repr([self.storage, self.backup])[:80]
                raise Refusal("request", "no backup has such a name: " + said)

    def _name(self, document: dict[str, object]) -> None:
        self.kind = _text(document, "kind")
        allowed = _NAMED.get(self.kind)
        if allowed is None:
            raise Refusal("request", "unknown kind " + repr(self.kind)[:80])
        name, previous = document.get("name", ""), document.get("previous")
        if not isinstance(name, str) or not allowed(name):
            raise Refusal("request", "%s: bad name %s" % (self.kind, repr(name)[:80]))
        if previous is not None and (not isinstance(previous, str) or not allowed(previous)):
            raise Refusal("request", "%s: bad name %s" % (self.kind, repr(previous)[:80]))
        self.name, self.previous = name, previous


class Request:
    """What was asked: by whom, for which inventory, which ops."""

    def __init__(self, document: dict[str, object]) -> None:
        protocol = document.get("protocol")
        if protocol != PROTOCOL:
            said = repr(protocol)[:40]
            raise Refusal("protocol", "this agent speaks protocol %d, not %s" % (PROTOCOL, said))
        former = document.get("was", [])
        self.inventory = _text(document, "inventory")
        if not isinstance(former, list) or not all(
            map(names.is_inventory, [self.inventory, *former])
        ):
            raise Refusal("request", "bad id of an inventory")
        self.was: list[str] = former
        self.by = _mapping(document, "by")
        ops = document.get("ops")
        if not isinstance(ops, list) or not all(isinstance(op, dict) for op in ops):
            raise Refusal("request", "`ops` must be a list of objects")
        self.ops = [Op(op) for op in ops]
        named = [(op.kind, op.name) for op in self.ops if op.op == "apply"]
        if len(named) != len(set(named)):
            raise Refusal("request", "one thing may be changed once in a request")
        # A probe tells whether a guess is right: one guess a secret and request, no more.
        if sum(1 for op in self.ops if op.secrets) > 1:
            raise Refusal("request", "secrets may be asked about once in a request")


def parse(content: bytes) -> Request:
    """Return the request, or raise Refusal saying what is wrong with it."""
    if len(content) > LARGEST:
        raise Refusal("request", "the request is larger than %d bytes" % LARGEST)
    try:
        document = json.loads(content.decode(), parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode()  # lone surrogates fail here, not later
    except (ValueError, RecursionError) as error:
        raise Refusal("request", "the request is not JSON: %s" % error) from None
    if not isinstance(document, dict):
        raise Refusal("request", "the request is not a JSON object")
    return Request(document)


def _no_constant(text: str) -> None:
    raise ValueError(text + " is not JSON")


def _text(document: dict[str, object], member: str) -> str:
    value = document.get(member)
    if not isinstance(value, str):
        raise Refusal("request", "`%s` must be a text" % member)
    return value


def _texts(document: dict[str, object], member: str) -> list[str]:
    value = document.get(member)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refusal("request", "`%s` must be a list of texts" % member)
    return value


def _mapping(document: dict[str, object], member: str) -> dict[str, object]:
    value = document.get(member, {})
    if not isinstance(value, dict):
        raise Refusal("request", "`%s` must be an object" % member)
    return value

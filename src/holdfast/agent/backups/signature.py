"""Signatures of manifests: which node vouches for a backup, and that nobody altered a byte of it.

The control side checks with the same functions.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Collection, Mapping

from holdfast.agent import canonical, fields, identity, sshsig
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.transforms.available import Available

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.layout import Layout

PURPOSE = "manifest.holdfast"
_MEMBER = "signature"


class Untrusted(Failed):
    """No known key vouches for a manifest as it is."""


class Unsigned(Untrusted):
    """Nobody vouches for a manifest."""


class Altered(Untrusted):
    """A manifest is not what was signed."""


def sign(layout: Layout, document: Mapping[str, object]) -> dict[str, object]:
    """Return a manifest's document signed with this node's key; raise Failed if it has none."""
    return {**document, _MEMBER: sshsig.sign(layout, PURPOSE, _message(document))}


def trusted_keys(layout: Layout) -> frozenset[str]:
    """Return the public keys that this node trusts: its own, and those that an apply told it."""
    try:
        key = identity.find(layout)
    except ValueError:
        key = None  # a read tells of the damage
    return frozenset([key] if key else []) | _told_keys(layout)


def _told_keys(layout: Layout) -> frozenset[str]:
    """Return the keys of the nodes that this one shares a storage with."""
    try:
        files = os.listdir(layout.signers)
    except FileNotFoundError:
        return frozenset()
    found: list[str] = []
    for name in (file for file in files if file.endswith(".json")):
        # A damaged one trusts nobody; a read tells of it.
        with contextlib.suppress(Malformed):
            given = fields.load(os.path.join(layout.signers, name), "signer")
            found += [] if given is None else given.texts("keys")
    return frozenset(filter(identity.is_public, found))


def seal(layout: Layout, made: Manifest) -> tuple[Manifest, str]:
    """Return a manifest signed, or as it is with why it could not be: a backup outweighs that."""
    try:
        text = sshsig.sign(layout, PURPOSE, _message(made.to_document()))
    except Failed as failure:
        return made, "unsigned, so restore will ask before it is used: %s" % failure
    return made._replace(signature=text), ""


def check(
    document: Mapping[str, object], keys: Collection[str], available: Available | None = None
) -> None:
    """Raise Untrusted, saying why, unless one of these public keys signed the whole document.

    `document` must be all that the file holds: what is left out of it is vouched for by nobody.
    """
    given = document.get(_MEMBER)
    if given is None:
        raise Unsigned("unsigned: no node vouches for its manifest")
    try:
        signature = sshsig.parse(given if isinstance(given, str) else "")
    except ValueError as error:
        raise Altered("altered: the signature of its manifest is none: %s" % error) from None
    message = _message(document)
    if signature.purpose != PURPOSE or not sshsig.fits(
        signature, message, available or Available()
    ):
        raise Altered("altered: its manifest is not what was signed")
    if signature.key not in keys:
        who = sshsig.fingerprint(signature.key)
        raise Untrusted("signed by a stranger: %s is none of the keys known here" % who)


def _message(document: Mapping[str, object]) -> bytes:
    """Return what is signed: the canonical text of all other members."""
    rest = {name: value for name, value in document.items() if name != _MEMBER}
    return canonical.dumps(rest).encode("utf-8", "surrogatepass")

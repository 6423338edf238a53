"""Every public vector on X25519, header and STREAM ends as the vector says."""

from __future__ import annotations

import hashlib

import pytest

from agent.age import vectors
from holdfast.agent.age import errors, file, header
from holdfast.agent.age.keys import Identity

OUTCOMES: dict[str, type[errors.AgeError] | None] = {
    "success": None,
    "no match": errors.NoMatchError,
    "HMAC failure": errors.MacError,
    "header failure": errors.HeaderError,
    "payload failure": errors.PayloadError,
}
EMPTY = hashlib.sha256().hexdigest()


@pytest.fixture(scope="module")
def ours() -> list[vectors.Vector]:
    return [vector for vector in vectors.load() if vector.is_ours]


def outcome(vector: vectors.Vector, block: int) -> tuple[type[errors.AgeError] | None, str]:
    """Return how decrypting ended and the digest of what was released until then."""
    blocks = (vector.file[at : at + block] for at in range(0, len(vector.file), block))
    released = hashlib.sha256()
    try:
        identities = [Identity.parse(identity) for identity in vector.identities]
        for plain in file.decrypt(blocks, identities):
            released.update(plain)
    except errors.AgeError as error:
        return type(error), released.hexdigest()
    return None, released.hexdigest()


def test_all_families_are_there(ours: list[vectors.Vector]) -> None:
    families = [vector.name.partition("_")[0] for vector in ours]
    counts = {family: families.count(family) for family in sorted(set(families))}
    assert counts == {
        "empty": 1,
        "header": 1,
        "hmac": 8,
        "scrypt": 1,  # with an X25519 recipient beside it, which is forbidden
        "stanza": 14,
        "stream": 28,
        "version": 1,
        "x25519": 14,
    }


@pytest.mark.parametrize("block", [997, 1 << 20])
def test_each_ends_as_expected_and_releases_no_more(ours: list[vectors.Vector], block: int) -> None:
    wrong = {}
    for vector in ours:
        expected = OUTCOMES[vector.expect], vector.payload or EMPTY
        got = outcome(vector, block)
        if got != expected:
            wrong[vector.name] = (expected, got)
    assert wrong == {}


def test_headers_render_to_the_bytes_they_were_parsed_from(ours: list[vectors.Vector]) -> None:
    parsed = 0
    for vector in ours:
        if vector.expect != "header failure":
            raw, _ = header.split([vector.file])
            found = header.parse(raw)
            assert header.render(found.stanzas) == found.covered, vector.name
            parsed += 1
    assert parsed > 30

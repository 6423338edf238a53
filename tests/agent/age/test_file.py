from __future__ import annotations

import itertools
import os
import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.agent.age import errors, file, header, x25519
from holdfast.agent.age.keys import Recipient

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 64 * 1024
OURS, THEIRS, STRANGER = (x25519.generate() for _ in range(3))
RECIPIENTS = [x25519.recipient_of(identity) for identity in (OURS, THEIRS)]
CONTENT = bytes(itertools.islice(itertools.cycle(range(251)), 40 * CHUNK))
# Around every border: of a chunk, and of the 16 chunks handled at once.
SIZES = st.builds(
    lambda chunks, more: max(0, chunks * CHUNK + more),
    st.sampled_from([0, 1, 2, 15, 16, 17, 32]),
    st.sampled_from([-17, -16, -1, 0, 1, 16, 17, 1000]),
)


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def encrypted(content: bytes, size: int = 1 << 20) -> bytes:
    return b"".join(file.encrypt(cut(content, size), RECIPIENTS))


def decrypted(sealed: bytes, size: int = 1 << 20) -> bytes:
    return b"".join(file.decrypt(cut(sealed, size), [OURS]))


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(1000, 300_000), st.integers(1000, 300_000))
def test_any_size_in_any_blocks_comes_back(size: int, out: int, back: int) -> None:
    content = CONTENT[:size]
    assert decrypted(encrypted(content, out), back) == content


def test_every_recipient_opens_and_nobody_else() -> None:
    sealed = encrypted(b"content")
    for identity in (OURS, THEIRS):
        assert b"".join(file.decrypt([sealed], [STRANGER, identity])) == b"content"
    with pytest.raises(errors.NoMatchError):
        b"".join(file.decrypt([sealed], [STRANGER]))
    with pytest.raises(errors.NoMatchError):
        b"".join(file.decrypt([sealed], []))


def test_the_key_of_a_file_opens_that_file_alone() -> None:
    first, second = encrypted(b"first"), encrypted(b"second")
    raw, _ = header.split([first])
    file_key = file.unwrap(raw, [OURS])
    assert b"".join(file.decrypt_with(cut(first, 10), file_key)) == b"first"
    with pytest.raises(errors.MacError):
        b"".join(file.decrypt_with([second], file_key))


def test_nobody_to_encrypt_to_is_refused() -> None:
    with pytest.raises(errors.AgeError, match="nobody"):
        file.encrypt([b"content"], [])


def test_a_recipient_that_protects_nothing_is_refused() -> None:
    with pytest.raises(errors.BadKeyError, match="protects nothing"):
        file.encrypt([b"content"], [Recipient(bytes(32))])


@pytest.mark.slow
def test_a_bit_flipped_anywhere_is_refused_and_nothing_wrong_is_released() -> None:
    content = CONTENT[: 2 * CHUNK + 100]
    sealed = encrypted(content)
    chance = random.Random(7)  # noqa: S311 - places to damage
    head = range(len(header.split([sealed])[0]) * 8)
    for bit in [*head, *(chance.randrange(len(sealed) * 8) for _ in range(300))]:
        damaged = bytearray(sealed)
        damaged[bit // 8] ^= 1 << bit % 8
        released: list[bytes] = []
        with pytest.raises(errors.AgeError):
            released.extend(file.decrypt([bytes(damaged)], [OURS]))
        assert content.startswith(b"".join(released))
        assert len(b"".join(released)) % CHUNK == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2 * CHUNK + 300))
def test_a_file_cut_short_anywhere_is_refused(kept: int) -> None:
    sealed = encrypted(CONTENT[: 2 * CHUNK])
    with pytest.raises(errors.AgeError):
        decrypted(sealed[: min(kept, len(sealed) - 1)])


def test_chunks_in_another_order_or_missing_are_refused() -> None:
    sealed = encrypted(CONTENT[: 4 * CHUNK])
    head = len(header.split([sealed])[0]) + 16
    chunks = cut(sealed[head:], CHUNK + 16)
    assert len(chunks) == 4
    for order in itertools.permutations(range(4)):
        for count in (3, 4):
            if order[:count] != (0, 1, 2, 3):
                with pytest.raises(errors.PayloadError):
                    decrypted(sealed[:head] + b"".join(chunks[place] for place in order[:count]))


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"age-encryption.org/v2\n", b"BZh9"])
def test_what_is_no_age_file_is_refused(content: bytes) -> None:
    with pytest.raises(errors.HeaderError):
        decrypted(content)


def test_a_header_without_end_is_refused_early() -> None:
    endless = itertools.chain([header.VERSION], itertools.repeat(b"-> X25519 " + b"A" * 10_000))
    with pytest.raises(errors.HeaderError, match="no end"):
        list(file.decrypt(endless, [OURS]))


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 3_000_000])
def test_the_age_program_opens_what_we_encrypt(tmp_path: Path, size: int) -> None:
    identity = tmp_path / "identity"
    identity.write_text(THEIRS.reveal() + "\n")
    content = os.urandom(size)
    command = ["age", "--decrypt", "--identity", str(identity)]
    opened = subprocess.run(command, input=encrypted(content), check=True, capture_output=True)
    assert opened.stdout == content


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 3_000_000])
def test_we_open_what_the_age_program_encrypts(size: int) -> None:
    content = os.urandom(size)
    to = [word for recipient in RECIPIENTS for word in ("--recipient", str(recipient))]
    sealed = subprocess.run(["age", *to], input=content, check=True, capture_output=True)
    assert decrypted(sealed.stdout) == content

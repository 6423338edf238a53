from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from holdfast.errors import SecretError
from holdfast.transport.identity import KeyFile, KeyText
from holdfast.transport.privatekey import load
from hosts.keys import Pair

if TYPE_CHECKING:
    from pathlib import Path

PAIR = Pair.ed25519()


def public(pair: Pair) -> str:
    return pair.public.split()[1]


PKCS8 = load_ssh_private_key(PAIR.private.encode(), None).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


@pytest.mark.parametrize("pair", [PAIR, Pair.ecdsa(), Pair.rsa()], ids=["ed25519", "ecdsa", "rsa"])
def test_a_key_of_each_kind_is_read(pair: Pair) -> None:
    assert load(KeyText("env/KEY", pair.private)).get_base64() == public(pair)


@pytest.mark.parametrize(
    "text",
    [
        PAIR.private.strip(),
        PAIR.private.replace("\n", "\r\n"),
        "\n\n" + PAIR.private + "\n ",
        PKCS8.decode(),
    ],
    ids=["no last line end", "other line ends", "space around", "PKCS 8"],
)
def test_a_key_is_read_however_it_was_stored(text: str) -> None:
    assert load(KeyText("env/KEY", text)).get_base64() == public(PAIR)


def test_a_key_is_read_from_a_file_of_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "id").write_text(PAIR.private)
    assert load(KeyFile("~/id")).get_base64() == public(PAIR)


def refusal(text: str) -> str:
    with pytest.raises(SecretError) as caught:
        load(KeyText("env/KEY", text))
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_a_passphrase_is_asked_away() -> None:
    assert refusal(Pair.ed25519("secret").private) == (
        "env/KEY: the key has a passphrase"
        " (put it into the ssh-agent, or use a key of Holdfast's own without one)"
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match=r"file/.*/none: No such file or directory"):
        load(KeyFile(f"{tmp_path}/none"))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretError, match="is no private key"):
        load(KeyFile(f"{tmp_path}/binary"))


@given(st.integers(0, len(PAIR.private) - 40), st.integers(1, 200), st.text("Aa=-\n", max_size=9))
def test_a_damaged_key_is_refused_without_a_word_of_it(start: int, length: int, put: str) -> None:
    text = PAIR.private[:start] + put + PAIR.private[start + length :]
    try:
        said: object = load(KeyText("env/KEY", text))
    except SecretError as error:
        said = f"{error} {error.__cause__} {error.__suppress_context__}"
    assert not any(line in str(said) for line in PAIR.private.splitlines()[1:-1])


@pytest.mark.parametrize(
    "text",
    ["", "hunter2", PAIR.public, "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ids=["nothing", "a word", "a public key", "half a key"],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    assert refusal(text).startswith("env/KEY: is no private key")


def test_a_source_does_not_show_its_key() -> None:
    assert repr(KeyText("env/KEY", PAIR.private)) == "KeyText(reference='env/KEY')"

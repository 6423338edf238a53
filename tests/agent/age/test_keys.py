from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.age import bech32, x25519
from holdfast.agent.age.errors import BadKeyError
from holdfast.agent.age.keys import Identity, Recipient, parse_identities

IDENTITY = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"


@given(st.binary(max_size=80))
def test_bech32_gives_back_what_it_was_given(payload: bytes) -> None:
    assert bech32.decode(bech32.encode("age", payload)) == ("age", payload)


@given(st.binary(min_size=32, max_size=32), st.data())
def test_one_wrong_letter_is_always_noticed(raw: bytes, data: st.DataObject) -> None:
    text = str(Recipient(raw))
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
    if letter != text[place]:
        with pytest.raises(BadKeyError):
            Recipient.parse(text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "A12UEL5L",
        "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "?1ezyfcl",
    ],
)
def test_the_examples_of_bip_173_decode(text: str) -> None:
    prefix, payload = bech32.decode(text)
    assert (prefix.lower(), payload) == (text.lower().rpartition("1")[0], b"")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "age1",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "A1G7SGD8",
        "A12uEL5L",
        "a b12uel5l",
        "\x7f1axkwrx",
        "İ1qqqqqq",
    ],
)
def test_what_is_not_bech32_is_refused(text: str) -> None:
    with pytest.raises(BadKeyError):
        bech32.decode(text)


@given(st.integers(1, 4))
def test_bits_left_over_are_refused(value: int) -> None:
    groups = [value % 8]  # one group holds 5 bits: no byte, and padding that is not zero
    check = bech32._polymod([*bech32._expand("age"), *groups, *[0] * 6]) ^ 1  # noqa: SLF001
    groups += [check >> 5 * (5 - place) & 31 for place in range(6)]
    with pytest.raises(BadKeyError, match="left over"):
        bech32.decode("age1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[g] for g in groups))


def test_keys_have_the_case_of_their_kind() -> None:
    recipient = str(x25519.recipient_of(Identity.parse(IDENTITY)))
    assert Identity.parse(IDENTITY).reveal() == IDENTITY
    with pytest.raises(BadKeyError):
        Recipient.parse(recipient.upper())
    with pytest.raises(BadKeyError):
        Identity.parse(IDENTITY.lower())


def test_an_identity_in_place_of_a_recipient_is_named_as_such_and_not_shown() -> None:
    with pytest.raises(BadKeyError, match="secret") as caught:
        Recipient.parse(IDENTITY)
    assert "EGTZ" not in str(caught.value)


@pytest.mark.parametrize("text", [IDENTITY[:-1], IDENTITY[:-1] + "8", "AGE-SECRET-KEY-1", "age1"])
def test_a_bad_identity_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(BadKeyError) as caught:
        Identity.parse(text)
    assert "EGTZ" not in str(caught.value)


def test_an_identity_shows_nothing_by_itself() -> None:
    identity = Identity.parse(IDENTITY)
    assert "EGTZ" not in f"{identity!r} {identity}"
    assert identity.raw.hex() not in f"{identity!r} {identity}"


def test_a_recipient_of_another_length_is_refused() -> None:
    with pytest.raises(BadKeyError, match="62 letters"):
        Recipient.parse(bech32.encode("age", bytes(31)))


def test_an_identity_file_of_age_keygen_is_read() -> None:
    text = subprocess.run(["age-keygen"], check=True, capture_output=True, text=True).stdout
    (identity,) = parse_identities(text.replace("\n", "\r\n"))
    public = text.split("# public key: ")[1].splitlines()[0]
    assert str(x25519.recipient_of(identity)) == public


def test_an_identity_file_without_any_is_refused() -> None:
    with pytest.raises(BadKeyError, match="no AGE-SECRET-KEY-1"):
        parse_identities("# created: yesterday\n\n")


def test_generated_identities_differ() -> None:
    assert len({x25519.generate().raw for _ in range(10)}) == 10

"""Public keys: one text for one key, and nothing else passes for one."""

from __future__ import annotations

import binascii

from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent import identity


@given(st.binary(min_size=32, max_size=32))
def test_a_key_has_one_text(key: bytes) -> None:
    text = identity.text(key)
    assert identity.is_public(text)
    assert identity.raw(identity.blob(key)) == key


@given(st.binary(min_size=32, max_size=32), st.data())
def test_an_altered_text_is_another_key_or_none(key: bytes, data: st.DataObject) -> None:
    text = identity.text(key)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != text[place]))
    altered = text[:place] + letter + text[place + 1 :]
    assert not identity.is_public(text + " comment")
    if identity.is_public(altered):
        assert identity.raw(binascii.a2b_base64(altered.split()[1])) != key


@given(st.one_of(st.none(), st.integers(), st.text(), st.text().map("ssh-ed25519 ".__add__)))
def test_nothing_else_is_a_key(given: object) -> None:
    assert not identity.is_public(given)

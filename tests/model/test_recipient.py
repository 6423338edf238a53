from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.recipient import recipient
from holdfast.model.wrong import Wrong

# From the manual page of age-keygen.
KEY = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"
PRIVATE = "AGE-SECRET-KEY-1N9JEPW6DWJ0ZQUDX63F5A03GX8QUW7PXDE39N8UYF82VZ9PC8UFS3M7XA9"


def test_a_recipient_that_age_made_is_one() -> None:
    assert recipient(KEY) == KEY


@settings(max_examples=40)
@given(st.integers(4, len(KEY) - 1), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_wrong_letter_is_found(place: int, letter: str) -> None:
    text = KEY[:place] + letter + KEY[place + 1 :]
    if text != KEY:
        with pytest.raises(Wrong):
            recipient(text)


@pytest.mark.parametrize("text", ["", "age1", KEY[:-1], KEY + "q", KEY.upper(), "ssh-ed25519 AAAA"])
def test_what_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        recipient(text)


@pytest.mark.parametrize("text", [PRIVATE, PRIVATE.lower(), PRIVATE[:30]])
def test_a_secret_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Wrong, match="is a secret key") as caught:
        recipient(text)
    assert text not in str(caught.value)

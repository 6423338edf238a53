"""A login shows itself to the device alone, however its secret is spelt."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.loadmaster.login import Login
from holdfast.agent.loadmaster.values import nonsense, shown

SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=5, max_size=50).filter(
    lambda text: len(text.strip()) >= 5 and not set(text) <= set("* ")
)


def spellings(user: str | None, secret: str) -> list[str]:
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    forms = [secret, quote(secret), quote_plus(secret), *([basic] if user else [])]
    return [*forms, json.dumps(secret)[1:-1], html.escape(secret), html.escape(secret, quote=False)]


@given(SECRETS, st.sampled_from([None, "bal"]), st.text(max_size=400), st.integers(0, 9))
def test_no_spelling_of_a_secret_is_shown(
    secret: str, user: str | None, around: str, spaces: int
) -> None:
    login = Login(user, secret)
    assert secret not in repr(login)
    for spelt in spellings(user, secret):
        words = shown(around + " " * spaces + spelt + around, login)
        assert secret not in words
        assert spelt not in words
        page = nonsense(f"<b>{spelt}</b>".encode(), login)
        assert secret not in page
        assert spelt not in page
    assert secret not in shown(f"{around}{secret}", Login(None, "another one"), secret)


def test_a_secret_that_looks_like_a_tag_is_gone_with_all_that_is_around_it() -> None:
    words = nonsense(b"<html>no canary<x>dog</html>", Login("bal", "canary<x>dog"))
    assert words == "no ***"


@pytest.mark.parametrize("before", range(4086, 4097))
def test_half_a_secret_is_not_shown_where_words_are_cut(before: int) -> None:
    words = shown(" " * before + "canary0123456789", Login(None, "canary0123456789"))
    assert "can" not in words

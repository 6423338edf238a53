from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.secret import SecretRef, identity, secret
from holdfast.model.wrong import Wrong


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("env/LM_KEY", "env", "LM_KEY"),
        ("file/~/.ssh/id_ed25519", "file", "~/.ssh/id_ed25519"),
        ("file//etc/key", "file", "/etc/key"),
    ],
)
def test_a_reference_says_where_and_is_written_back_the_same(
    text: str, kind: str, name: str
) -> None:
    found = secret(text)
    assert (found.kind, found.name) == (kind, name)
    assert str(found) == text
    assert identity(text) == found


def test_an_identity_may_be_the_agent() -> None:
    assert identity("agent") == SecretRef("agent", "")
    assert str(identity("agent")) == "agent"
    with pytest.raises(Wrong):
        secret("agent")


@settings(max_examples=40)
@given(st.text(max_size=50))
def test_what_is_no_reference_is_never_repeated(text: str) -> None:
    for parse in (secret, identity):
        with pytest.raises(Wrong) as caught:
            parse(f"hunter2{text}")
        assert "hunter2" not in f"{caught.value.what} {caught.value.hint}"


@pytest.mark.parametrize("text", ["env/", "env/1A", "env/A B", "file/", "file/ a", "file/a\nb", ""])
def test_half_a_reference_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        secret(text)

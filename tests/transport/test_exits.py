from __future__ import annotations

import pytest

from holdfast.errors import Unexpected
from holdfast.transport.exits import Words, check


def said(raw: bytes) -> Words:
    words = Words()
    words.add(raw)
    return words


def test_a_good_end_is_silent() -> None:
    check("node", 0, said(b"a warning"))


@pytest.mark.parametrize(
    ("status", "raw", "message"),
    [
        (1, b"boom\n", "node: its agent ended with exit status 1; it said: boom"),
        (2, b"", "node: its agent ended with exit status 2; it gave no reason"),
        (-9, b"", "node: its agent was killed; it gave no reason"),
        (
            127,
            b"/bin/sh: 3: exec: python3: not found\n",
            (
                "node: has no python3: install it (apt install python3, dnf install python3);"
                " it said: /bin/sh: 3: exec: python3: not found"
            ),
        ),
        (
            127,
            b"bash: /opt/holdfast/holdfast-agent: No such file or directory\n",
            (
                "node: its agent ended with exit status 127; it said: bash:"
                " /opt/holdfast/holdfast-agent: No such file or directory"
            ),
        ),
    ],
)
def test_a_bad_end_says_how_and_why(status: int, raw: bytes, message: str) -> None:
    with pytest.raises(Unexpected) as caught:
        check("node", status, said(raw))
    assert str(caught.value) == message


def test_words_keep_the_end_and_no_more_than_needed() -> None:
    words = Words()
    for number in range(5000):
        words.add(b"line %d\n" % number)
    assert str(words).endswith("line 4998 line 4999")
    assert len(vars(words)["_tail"]) < 5000

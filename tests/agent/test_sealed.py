"""Content that tells whether it is whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent import sealed


@given(st.binary(max_size=200), st.data())
def test_whatever_is_altered_or_lacks_is_told(content: bytes, data: st.DataObject) -> None:
    whole = sealed.seal(content)
    assert sealed.is_whole(whole)
    place = data.draw(st.integers(0, len(whole) - 1))
    altered = bytearray(whole)
    altered[place] ^= data.draw(st.integers(1, 255))
    assert not sealed.is_whole(bytes(altered))
    assert not sealed.is_whole(whole[:place])

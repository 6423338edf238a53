"""A node's own words, made safe to show: it may send anything, and a terminal obeys escapes."""

from __future__ import annotations

LONGEST = 600  # a changed certificate takes 400: two fingerprints, two dates


def printable(raw: bytes) -> str:
    """Return one line of printable text; of a long text the end, where errors say what they are."""
    text = "".join(c if c.isprintable() else " " for c in raw.decode("utf-8", "replace"))
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else "…" + text[-LONGEST:]

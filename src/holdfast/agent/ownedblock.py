"""One block of ours in somebody else's file: split it out, join it in. Must not: touch the disk.

Everything outside the block stays byte for byte: lines end only at a newline, nothing is stripped.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Tuple

_BEGIN = "# BEGIN holdfast-"
_END = "# END holdfast-"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class BrokenBlock(ValueError):
    """A marker is missing, doubled or out of order; somebody edited it, and nothing is guessed."""


class Split(NamedTuple):
    """The text before our block, the lines inside it (None: no block), the text after it."""

    before: str
    lines: Optional[Tuple[str, ...]]
    after: str


def split_block(text: str, inventory: str) -> Split:
    """Return the parts of a text; without a block of this inventory all of it is `after`."""
    lines = _LINE.findall(text)
    begins = [i for i, line in enumerate(lines) if line.strip() == _BEGIN + inventory]
    ends = [i for i, line in enumerate(lines) if line.strip() == _END + inventory]
    if not begins and not ends:
        return Split("", None, text)
    first, last = _bounds(begins, ends, inventory)
    inside = tuple(line[:-1] for line in lines[first + 1 : last])
    for number, line in enumerate(inside, first + 2):
        if line.strip().startswith((_BEGIN, _END)):
            raise BrokenBlock(f"line {number}: `{line.strip()}` inside the block of {inventory}")
    return Split("".join(lines[:first]), inside, "".join(lines[last + 1 :]))


def join_block(split: Split, inventory: str) -> str:
    """Return the text with the split's lines as our block, or without one where they are None.

    A new block comes first: settings in a crontab, such as CRON_TZ, act on what is below them.
    """
    if split.lines is None:
        return split.before + split.after
    for line in split.lines:
        if "\n" in line or line.strip().startswith((_BEGIN, _END)):
            raise ValueError(f"`{line.strip()}` cannot stand inside a block")
    block = (_BEGIN + inventory, *split.lines, _END + inventory)
    return split.before + "".join(line + "\n" for line in block) + split.after


def _bounds(begins: List[int], ends: List[int], inventory: str) -> Tuple[int, int]:
    """Return where the block begins and ends, or raise BrokenBlock with the first line at fault."""
    begin, end = f"`{_BEGIN}{inventory}`", f"`{_END}{inventory}`"
    if not begins or (ends and ends[0] < begins[0]):
        raise BrokenBlock(f"line {ends[0] + 1}: {end} without {begin} above it")
    if not ends or (len(begins) > 1 and begins[1] < ends[0]):
        raise BrokenBlock(f"line {begins[0] + 1}: {begin} without {end} below it")
    if len(begins) > 1:
        raise BrokenBlock(f"line {begins[1] + 1}: a second {begin}")
    if len(ends) > 1:
        raise BrokenBlock(f"line {ends[1] + 1}: a second {end}")
    return begins[0], ends[0]

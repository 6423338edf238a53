"""Differences as text: every line said once, strange names made printable."""

from __future__ import annotations

from holdfast.engine.difference import Contents, Member, difference
from holdfast.views import difference as view

BEFORE = Contents(
    "lm/a",
    {"vs/1": Member("x", 10, "h"), "vs/2": Member("x", 5, "h"), "info/date": Member("1", 4, "h")},
    {"hostname": "lm", "backuppassword": "********", "old": "1"},
)
AFTER = Contents(
    "lm/b",
    {
        "vs/1": Member("y", 12, "h"),
        "vs/\x1b[2J": Member("x", 5, "h"),
        "info/date": Member("2", 4, "h"),
    },
    {"hostname": "new", "backuppassword": "********", "added": "2"},
)


def test_a_difference_is_told_line_by_line() -> None:
    told = difference(BEFORE, AFTER)
    assert view.diff(told.steady()) == (
        "lm/a → lm/b: changed\n"
        "  + member vs/\\x1b[2J: 5 bytes\n"
        "  ~ member vs/1: 10 bytes → 12 bytes\n"
        "  - member vs/2: 5 bytes\n"
        "  + parameter added: (unset) → 2\n"
        "  ~ parameter hostname: lm → new\n"
        "  - parameter old: 1 → (unset)\n"
        "  (masked by the device, not compared: backuppassword)\n"
    )
    assert "member info/date: 4 bytes → 4 bytes, differs each time" in view.diff(told)


def test_nothing_changed_is_said_only_where_all_was_compared() -> None:
    same = difference(Contents("lm/a", {}, {}), Contents("lm/b", {}, {}))
    assert view.diff(same) == "lm/a → lm/b: nothing changed\n"
    lost = difference(Contents("lm/a", {}, {}), Contents("lm/b", problems=("it is lost",)))
    assert view.diff(lost) == "lm/a → lm/b: could not be compared\n  ! lm/b: it is lost\n"
    half = difference(Contents("lm/a", {}, {"x": "1"}), Contents("lm/b", None, {}, ("damaged",)))
    assert "changed, and not all could be compared" in view.diff(half)

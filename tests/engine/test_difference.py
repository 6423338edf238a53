"""Differences of LoadMasters' backups: told exactly, secrets left out, doubt never "unchanged"."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdfast.engine.difference import (
    CHANGED,
    NOT_SHOWN,
    UNCHANGED,
    UNKNOWN,
    Contents,
    Member,
    MemberChange,
    ParameterChange,
    difference,
)

values = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))
members = st.dictionaries(
    st.sampled_from(["vs/1", "vs/2", "info/date"]),
    st.builds(Member, st.sampled_from("ab"), st.integers(0, 2), st.just("h")),
)


@given(members, members, values, values)
def test_each_change_is_told_and_nothing_else(
    old: dict[str, Member], new: dict[str, Member], before: dict[str, str], after: dict[str, str]
) -> None:
    told = difference(Contents("a", old, before), Contents("b", new, after))
    assert {m.name for m in told.members} == {n for n in old | new if old.get(n) != new.get(n)}
    assert {(p.name, p.before, p.after) for p in told.parameters} == {
        (n, before.get(n), after.get(n)) for n in before | after if before.get(n) != after.get(n)
    }
    steady = any(m.name != "info/date" for m in told.members) or told.parameters
    assert told.verdict == (CHANGED if steady else UNCHANGED)
    assert not any(m.volatile for m in told.steady().members)


def test_what_could_not_be_read_is_never_unchanged() -> None:
    whole = Contents("a", {}, {})
    for half in (
        Contents("b", None, {}, ("its archive is damaged",)),
        Contents("b", {}, None, ("it has no parameters",)),
        Contents("b", problems=("it is lost",)),
    ):
        told = difference(whole, half)
        assert told.verdict == UNKNOWN
        assert told.problems == (f"b: {half.problems[0]}",)
    changed = difference(Contents("a", {}, {"x": "1"}), Contents("b", None, {"x": "2"}, ("no",)))
    assert changed.verdict == CHANGED


def test_what_may_be_a_secret_is_not_shown_whether_masked_or_not() -> None:
    names = ("backuppassword", "snmpcommunity", "radiussecret", "apikey", "backupident", "AuthPin")
    told = difference(
        Contents("a", {}, dict.fromkeys(names, "hunter2") | {"backuphost": "a", "masked": "***"}),
        Contents("b", {}, dict.fromkeys(names, "hunter3") | {"backuphost": "b", "masked": "***"}),
    )
    assert "hunter" not in repr(told)
    shown = {p.name: p for p in told.parameters}
    assert shown["apikey"] == ParameterChange("apikey", NOT_SHOWN, NOT_SHOWN, volatile=False)
    assert shown["backuphost"].after == "b"
    assert told.masked == ("masked",)


def test_a_change_of_mode_is_a_change_of_attributes() -> None:
    told = difference(
        Contents("a", {"vs/1": Member("x", 1, "600")}, {}),
        Contents("b", {"vs/1": Member("x", 1, "644")}, {}),
    )
    assert told.members == (MemberChange("vs/1", "attributes", 1, 1, volatile=False),)

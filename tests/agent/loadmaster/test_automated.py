"""The device's own schedule in canonical form: equal values for equal meaning, and no guesses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.failure import Malformed
from holdfast.agent.loadmaster import automated, rewrite
from holdfast.agent.loadmaster.automated import BY_FIELD, DAYS, METHODS, PARAMETERS, TEXTS

# How a device may say one thing, over either API.
YES = st.sampled_from([True, "yes", "Yes", "y", "1", "true", "on", 1])
NO = st.sampled_from([False, "no", "No", "n", "0", "false", "off", 0, "", None])
WORD = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1)
TEXT = WORD.map(lambda text: text.strip(",") or "x")

ATTRIBUTES = st.fixed_dictionaries(
    {
        "enable": st.booleans(),
        "day": st.sampled_from(DAYS),
        "hour": st.integers(0, 23),
        "minute": st.integers(0, 59),
        "method": st.sampled_from(METHODS),
        "host": st.none() | TEXT,
        "user": st.none() | TEXT,
        "path": st.none() | TEXT,
        "netstat": st.booleans(),
        "top": st.booleans(),
    }
)


def spelt(draw: Any, field: str, value: object) -> object:
    """Return one of the ways in which a device may say a value."""
    if isinstance(value, bool):
        # What is on when it is unset is never shown as nothing when it is off.
        off = NO.filter(lambda word: BY_FIELD[field].unset is False or word not in ("", None))
        return draw(YES if value else off)
    text = BY_FIELD[field].write(value)
    forms: list[object] = [text, f" {text}\n"]
    if text.isdigit() and text == str(int(text)):
        forms.append(int(text))
    if "," in text:
        forms.append(text.split(","))
    return draw(st.sampled_from(forms))


@given(st.data(), ATTRIBUTES)
def test_however_a_device_says_it_it_is_the_same(data: Any, wanted: dict[str, Any]) -> None:
    shown = {
        data.draw(st.sampled_from([p.name, p.name.upper()])): spelt(
            data.draw, p.field, wanted[p.field]
        )
        for p in PARAMETERS
        if wanted[p.field] is not None
    }
    shown["backupsecure"] = data.draw(YES | NO)
    assert automated.canonical(shown) == wanted


@given(ATTRIBUTES, ATTRIBUTES, st.sets(st.sampled_from(sorted(rewrite.SECRETS))))
def test_the_steps_lead_there_and_are_safe_at_each(
    before: dict[str, Any], after: dict[str, Any], secrets: set[str]
) -> None:
    state = {p.name: p.write(before[p.field]) for p in PARAMETERS}
    login = {BY_FIELD[field].name for field in rewrite.LOGIN} | set(rewrite.SECRETS.values())
    steps = rewrite.steps(before, after, sorted(secrets))
    for step in steps:
        if step.parameter in login:
            assert state["backupenable"] == "no"
        assert step.secret or state[step.parameter] != step.value, "it was so already"
        state[step.parameter] = step.value
    readable = {
        name: value for name, value in state.items() if name in {p.name for p in PARAMETERS}
    }
    assert automated.canonical(readable) == after
    assert [step.secret for step in steps if step.secret] == sorted(secrets)
    if after["enable"] and steps and steps[-1].parameter != "backupenable":
        assert before["enable"], "it is enabled last, or stays so"


@given(ATTRIBUTES)
def test_nothing_is_written_where_nothing_differs(same: dict[str, Any]) -> None:
    assert rewrite.steps(same, dict(same), []) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("backupday", "8"), ("backupday", "-1"), ("backupday", "mon"), ("backuphour", "24"),
        ("backuphour", True), ("backupminute", "\u0665"), ("backupminute", "9" * 5000),
        ("backupmethod", "rsync"), ("backupenable", "maybe"), ("backuptop", {"a": 1}),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_told_and_not_guessed(name: str, value: object) -> None:
    with pytest.raises(Malformed, match=name):
        automated.canonical({name: value})


@given(st.dictionaries(st.sampled_from([p.name for p in PARAMETERS]), st.text(max_size=9)))
def test_any_text_is_read_or_refused(shown: dict[str, str]) -> None:
    try:
        found = automated.canonical(shown)
    except Malformed:
        return
    assert found.keys() == BY_FIELD.keys()


def test_half_an_answer_is_no_schedule_that_is_off() -> None:
    assert automated.missing({"backuphost": "x"}) == [
        p.name for p in PARAMETERS if p.field not in TEXTS
    ]
    assert automated.missing({p.name.title(): "" for p in PARAMETERS}) == []


def test_wput_is_plain_ftp_both_ways() -> None:
    assert automated.canonical({"backupmethod": "wput"})["method"] == "ftp"
    assert BY_FIELD["method"].write("ftp") == "wput"

"""The cron file and the block in a crontab: what is rendered is parsed, and nothing else."""

from __future__ import annotations

import shlex
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.cron import cronfile

Entries = dict[str, tuple[str, ...]]
WEEKLY = "weekly@web01:2"
ENTRY = f"30 4 * * 0 root {cronfile.AGENT} run prg {WEEKLY} --due"
SEEN = f"53 * * * * root {cronfile.AGENT} seen prg"


def identities() -> st.SearchStrategy[str]:
    usual = st.text(string.ascii_letters + string.digits + "._-@:", min_size=1, max_size=20)
    strange = st.text(string.printable[:95], min_size=1, max_size=20)
    return st.one_of(usual, strange)


def entries() -> st.SearchStrategy[Entries]:
    times = st.sampled_from(["30 4 * * 0", "0-59 0-23 * * 1-5", "* 2 25-31 10 *", "@reboot"])
    each = st.lists(times, min_size=1, max_size=3).map(cronfile.ordered).map(tuple)
    return st.dictionaries(identities(), each, max_size=5)


@given(entries())
def test_a_rendered_file_is_parsed_to_its_entries(given_entries: Entries) -> None:
    text = cronfile.render_file("prg", "bkp01", given_entries)
    assert cronfile.parse_file(text, "prg", "bkp01") == cronfile.Parsed(
        given_entries, (), (), intact=True
    )


@given(entries())
def test_a_rendered_block_is_parsed_to_its_entries(given_entries: Entries) -> None:
    lines = cronfile.render_block("prg", "bkp01", given_entries)
    assert cronfile.parse_block(lines, "prg", "bkp01") == cronfile.Parsed(
        given_entries, (), (), intact=True
    )


@given(st.lists(st.one_of(st.text(max_size=30), st.just(ENTRY), st.just("#" + ENTRY))))
def test_any_text_can_be_parsed_and_only_our_own_is_intact(lines: list[str]) -> None:
    text = "\n".join(lines)
    parsed = cronfile.parse_file(text, "prg", "bkp01")
    assert not parsed.intact
    assert SEEN in parsed.missing


def test_the_file_as_it_stands_on_a_node() -> None:
    text = cronfile.render_file("prg", "bkp01", {WEEKLY: ["30 4 * * 0"], "a": ["0 1 * * *"]})
    assert text == (
        "# Written by Holdfast for inventory prg. Do not edit: an apply replaces this file.\n"
        "SHELL=/bin/sh\n"
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        'MAILTO=""\n'
        f"{SEEN}\n"
        f"0 1 * * * root {cronfile.AGENT} run prg a --due\n"
        f"{ENTRY}\n"
    )


def test_the_block_as_it_stands_in_a_crontab() -> None:
    assert cronfile.render_block("prg", "bkp01", {WEEKLY: ["30 4 * * 0"]}) == (
        "# Written by Holdfast for inventory prg. Do not edit: an apply replaces this block.",
        f"53 * * * * {cronfile.AGENT} seen prg >/dev/null 2>&1",
        f"30 4 * * 0 {cronfile.AGENT} run prg {WEEKLY} --due >/dev/null 2>&1",
    )


def test_definitions_that_fire_together_are_one_process_as_far_as_a_command_reaches() -> None:
    every = {f"nightly@lm-prg-{n}": ["0 1 * * *", "@reboot"] for n in range(200)}
    text = cronfile.render_file("prg", "bkp01", every)
    lines = [line for line in text.splitlines() if " run prg " in line]
    assert len(lines) <= 12
    assert max(map(len, lines)) < 1000  # where Debian's cron cuts a command off
    assert cronfile.parse_file(text, "prg", "bkp01").entries == dict.fromkeys(
        every, ("@reboot", "0 1 * * *")
    )
    edited = text.replace("0 1 * * *", "0 2 * * *", 1)
    parsed = cronfile.parse_file(edited, "prg", "bkp01")
    moved = [name for name, times in parsed.entries.items() if times != ("@reboot", "0 1 * * *")]
    assert 10 < len(moved) < 50


def test_each_of_a_line_that_was_commented_out_shows_it() -> None:
    text = cronfile.render_file("prg", "bkp01", {"a": ["0 1 * * *"], "b": ["0 1 * * *"]})
    (line,) = [line for line in text.splitlines() if " run prg a b " in line]
    parsed = cronfile.parse_file(text.replace(line, "#" + line), "prg", "bkp01")
    assert parsed.entries == {"a": ("#" + line,), "b": ("#" + line,)}


def test_a_strange_name_reaches_the_agent_as_it_is() -> None:
    name = "a b'c%d;$(e)"
    line = cronfile.render_file("prg", "bkp01", {name: ["0 1 * * *"]}).splitlines()[-1]
    command = line.split(" ", 6)[6].replace("\\%", "%")  # what cron hands to its shell
    assert "%" not in line.replace("\\%", "")
    assert shlex.split(command) == [cronfile.AGENT, "run", "prg", name, "--due"]


@pytest.mark.parametrize(
    "line",
    [
        "#" + ENTRY,
        "# " + ENTRY,
        ENTRY.replace(" root ", " nobody "),
        ENTRY.replace(" root ", "  root "),
        ENTRY.replace(" --due", ""),
        ENTRY + " ",
        ENTRY + " >/tmp/log",
        ENTRY.replace("30 4", "@daily"),
        ENTRY.replace(WEEKLY, f"'{WEEKLY}'"),
    ],
)
def test_an_edited_entry_stands_under_its_definition_as_a_whole_line(line: str) -> None:
    text = cronfile.render_file("prg", "bkp01", {WEEKLY: ["30 4 * * 0"]}).replace(ENTRY, line)
    parsed = cronfile.parse_file(text, "prg", "bkp01")
    assert parsed == cronfile.Parsed({WEEKLY: (line,)}, (), (), intact=False)


def test_changed_times_are_read_as_such() -> None:
    text = cronfile.render_file("prg", "bkp01", {WEEKLY: ["30 4 * * 0"]})
    parsed = cronfile.parse_file(text.replace("30 4", "31 4"), "prg", "bkp01")
    assert parsed.entries == {WEEKLY: ("31 4 * * 0",)}


@pytest.mark.parametrize(
    "line",
    [
        "MAILTO=me",
        ENTRY.replace(" prg ", " other "),
        f"0 1 * * * root {cronfile.AGENT} seen",
        "0 1 * * * root 'half a quote",
        "0 1 * * * root /bin/true",
    ],
)
def test_a_line_of_somebody_else_is_foreign(line: str) -> None:
    text = cronfile.render_file("prg", "bkp01", {}) + line + "\n"
    parsed = cronfile.parse_file(text, "prg", "bkp01")
    assert parsed == cronfile.Parsed({}, (line,), (), intact=False)


def test_a_missing_setting_is_named() -> None:
    text = cronfile.render_file("prg", "bkp01", {}).replace('MAILTO=""\n', "MAILTO=me\n")
    parsed = cronfile.parse_file(text, "prg", "bkp01")
    assert parsed == cronfile.Parsed({}, ("MAILTO=me",), ('MAILTO=""',), intact=False)


def test_a_file_without_its_last_newline_is_not_intact() -> None:
    text = cronfile.render_file("prg", "bkp01", {WEEKLY: ["30 4 * * 0"]})
    assert not cronfile.parse_file(text[:-1], "prg", "bkp01").intact


def test_lines_in_another_order_are_not_intact() -> None:
    lines = cronfile.render_file("prg", "bkp01", {WEEKLY: ["30 4 * * 0"]}).splitlines()
    text = "\n".join([*reversed(lines), ""])
    assert cronfile.parse_file(text, "prg", "bkp01") == cronfile.Parsed(
        {WEEKLY: ("30 4 * * 0",)}, (), (), intact=False
    )


def test_a_file_too_long_for_cron_is_refused() -> None:
    many = {
        f"daily@web{n}:1": [f"{n % 60} {n // 60 % 24} {n // 1440 + 1} * *"]
        for n in range(cronfile.MOST_LINES - 5)
    }
    assert cronfile.render_file("prg", "bkp01", many).count("\n") == cronfile.MOST_LINES
    with pytest.raises(ValueError, match="9001 lines; cron ignores such a file"):
        cronfile.render_file("prg", "bkp01", {**many, "one@more:1": ["0 1 * * 5"]})


@pytest.mark.parametrize(
    "times", ["", "0 1 * *", "0 1 * * * *", "@daily", "0 1 * * *\n", "a b c d e"]
)
def test_times_that_are_none_are_refused(times: str) -> None:
    with pytest.raises(ValueError, match="is neither five time fields nor @reboot"):
        cronfile.render_file("prg", "bkp01", {WEEKLY: [times]})


@pytest.mark.parametrize("name", ["a\nb", "a\0b", "a\u2028b"])
def test_a_name_that_would_make_another_line_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a cron entry"):
        cronfile.render_block("prg", "bkp01", {name: ["0 1 * * *"]})

"""Words of nodes cannot garble a terminal, leave a code span, or make one line two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.samples import HELLO
from engine.test_decode import STORED
from holdfast.engine import decode
from holdfast.engine.report import Outcome, Report, Status
from holdfast.engine.status import node_status
from holdfast.engine.stock import stock
from holdfast.plan import planfile
from holdfast.plan.actual import Unread
from holdfast.plan.change import Action, Change
from holdfast.plan.diff import diff
from holdfast.plan.guard import Check
from holdfast.plan.loss import Loss
from holdfast.plan.plan import Plan, Unknown
from holdfast.plan.resource import KINDS, Address, Resource
from holdfast.problem import Problem
from holdfast.views import report, table
from holdfast.views.human import human
from holdfast.views.markdown import markdown
from holdfast.views.words import LONGEST_LINE, clean

if TYPE_CHECKING:
    from collections.abc import Callable

NASTY = (
    "\x1b[2J\x1b[31mred",
    "\x9b31m",
    "a\nPlan: 0 to create",
    "a\r\x08\x08b",
    "\u2028\u2029\x85\x0b\x0c",
    "\u202eevil\u2066",
    "\x00\x7f",
    "``` \n</details><script>alert(1)</script>",
    "`x` **b** [l](http://e) @team #12 ![i](http://e) | a |\n|-|",
    "x" * 10_000,
    "",
    "ok",
)
WORDS = st.sampled_from(NASTY) | st.text(max_size=20)


def attributes(word: str) -> dict[str, Any]:
    return {
        "definition": word,
        "source": {"place": word},
        "storage": word,
        "schedule": word,
        "timezone": word,
        "retention": {word: word},
        "encrypt_to": [],
        "active": True,
        "place": word,
        "kind": word,
        "version": word,
        "sha256": word,
        word: {word: [word]},
    }


def plan(word: str, kinds: tuple[str, ...] = KINDS) -> Plan:
    """Return a plan in which every word that a node may have had a say in is that word."""
    addresses = [Address("node", "n1", kind, word) for kind in kinds]
    actual = [Resource(address, attributes(word)) for address in addresses]
    desired = [Resource(address, {**attributes(word), "x": word}) for address in addresses[:2]]
    damaged = Resource(Address("node", "n2", "definition", word), {"damaged": word})
    loss = Loss(addresses[-1], word, word, 5, word)
    return Plan(
        "lab",
        diff(desired, [*actual, damaged]),
        (Problem(f"node/n1/{word}", "", word, word),),
        (Check("forget", word or "x"),),
        (loss,),
        (Unknown(addresses[0], word),),
        (Unread("n3", word, 3),),
        (word,),
    )


def same_lines(shown: Callable[[str], str], word: str) -> str:
    """Return what is shown of a word, which has as many lines as what is shown of `ok`."""
    text = shown(word)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert len(text.split("\n")) == len(shown("ok").split("\n"))
    assert max(map(len, text.split("\n"))) <= 3 * LONGEST_LINE
    text.encode()
    return text


@pytest.mark.slow
@settings(max_examples=60)
@given(WORDS)
def test_a_plan_for_a_terminal_is_lines_of_printable_text(word: str) -> None:
    text = same_lines(lambda w: human(plan(w)), word)
    assert text.splitlines()[-1].startswith("Plan: ")


@pytest.mark.slow
@settings(max_examples=60)
@given(WORDS)
def test_a_plan_in_markdown_keeps_strange_words_in_code(word: str) -> None:
    # A half at a time: a comment has room for no more of the longest words.
    half = len(KINDS) // 2
    same_lines(lambda w: markdown(plan(w, KINDS[half:])), word)
    text = same_lines(lambda w: markdown(plan(w, KINDS[:half])), word)
    head, block, tail = text.split("```")
    assert block.startswith("diff\n")
    for line in (head + tail).split("\n"):
        assert line.count("`") % 2 == 0, line
        outside = "".join(line.split("`")[::2])
        assert not set(outside) & set("@#[]|\\") - set("#"), line
        assert "<" not in outside.replace("<!-- holdfast plan -->", ""), line
        assert outside.count("#") in (0, 3), line


@settings(max_examples=60)
@given(WORDS)
def test_the_outcomes_of_an_apply_are_lines(word: str) -> None:
    change = Change(Action.CREATE, Address("node", "n1", "storage", word), None, {})
    same_lines(lambda w: report.line(Outcome(change, Status.FAILED, w)), word)


@settings(max_examples=60)
@given(WORDS)
def test_tables_have_a_line_a_row(word: str) -> None:
    run = {"status": word, "ended": word, "reason": word}
    said = {"type": "status", "definition": word, "active": True, "next": word, "backups": 1}
    said |= {"lost": 0, "waiting": 0, "since": word, "expected": word}

    def shown(w: str) -> str:
        row = {**said, "definition": w, "next": w, "last": {**run, "reason": w}, "last_good": run}
        return table.status([node_status("n1", [HELLO, row])])

    same_lines(shown, word)

    def listed(w: str) -> str:
        line = STORED | {name: w for name, value in STORED.items() if isinstance(value, str)}
        line["file"] = ""  # a file of such a name is no answer
        return table.stock(stock("n1", [HELLO, {**line, "type": "backup"}]).backups)

    same_lines(listed, word)


@pytest.mark.parametrize("word", NASTY)
def test_json_holds_the_whole_word(word: str) -> None:
    data = json.loads(planfile.dumps(plan(word)))
    assert data["problems"][0]["what"] == word
    assert json.loads(report.as_json(Report(plan(word), ())))["digest"] == data["digest"]


def test_escapes_say_what_was_there() -> None:
    assert clean("a\x1b[31mb\nc\u202e") == "a\\x1b[31mb\\nc\\u202e"
    assert clean("Zálohy → 🗄 日本") == "Zálohy → 🗄 日本"
    assert clean("x" * 9, 4) == "xxxx…"
    assert clean("half a pair: \ud800") == "half a pair: \\ud800"


def test_an_error_of_decoding_is_one_line() -> None:
    line = {"type": "resource", "kind": "\x1b[2J\n", "name": "", "attributes": {}, "applied": True}
    with pytest.raises(Exception, match="does not fit the protocol") as caught:
        decode.actual("n1", [HELLO, line])
    assert clean(caught.value).isprintable()

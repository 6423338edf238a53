"""What the YAML parser complains of, in words for a person. Must not: know what the YAML means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from yaml import Mark, MarkedYAMLError

# Beyond YAML's own list: the three line breaks that YAML counts and no editor does.
_CONTROL = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class Complaint(NamedTuple):
    """What stops the reading of a file, and where, counted from 0."""

    line: int
    column: int
    what: str
    hint: str = ""


_AT_PROBLEM = {
    "mapping values are not allowed in this context": (
        "`key: value` cannot stand here",
        "check the indent; text that holds `: ` goes in quotes",
    ),
    "did not find expected '-' indicator": (
        "the list above goes on without `-`",
        "begin the line with `- `, or mend its indent",
    ),
    "did not find expected node content": ("a value is missing here", ""),
    "found unknown escape character": (
        "unknown escape in double quotes",
        "in single quotes a backslash is a backslash",
    ),
    "found unknown directive name": ("directives are not supported", "take the line out"),
    "found incompatible YAML document": ("directives are not supported", "take the line out"),
    "did not find expected <document start>": ("text after the end of the document", ""),
}
_AT_CONTEXT = {
    "could not find expected ':'": ("no `:` after this key", "write `key: value`"),
    "found unexpected end of stream": ("the quote that opens here never closes", ""),
    "did not find expected alphabetic or numeric character": (
        "`*` and `&` at the beginning mean an alias or anchor",
        "put the text in quotes",
    ),
    "found undefined tag handle": ("tags are not supported", "take the `!…` out"),
}
_TABS = (
    "found character that cannot start any token",
    "found a tab character that violates indentation",
)


def decode(data: bytes) -> str | Complaint:
    """Return the text of a file, or where it is no readable UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        return _at(before, "is not UTF-8", "save the file as UTF-8")
    if match := _CONTROL.search(text):
        what = f"control character U+{ord(match[0]):04X}"
        return _at(text[: match.start()], what, "take it out")
    return text


def _at(before: str, what: str, hint: str) -> Complaint:
    return Complaint(before.count("\n"), len(before) - before.rfind("\n") - 1, what, hint)


def complaint(error: MarkedYAMLError, lines: list[str]) -> Complaint:
    """Return the parser's error in our words; one we do not know in its own."""
    problem, mark = error.problem or "", error.problem_mark
    if error.context_mark is not None and problem in _AT_CONTEXT:
        return Complaint(error.context_mark.line, error.context_mark.column, *_AT_CONTEXT[problem])
    if mark is None:
        return Complaint(0, 0, f"is no YAML: {problem}")
    line = lines[mark.line] if mark.line < len(lines) else ""
    return Complaint(mark.line, mark.column, *_words(problem, mark, error.context_mark, line))


def _words(problem: str, mark: Mark, opened: Mark | None, line: str) -> tuple[str, str]:
    if problem in _AT_PROBLEM:
        return _AT_PROBLEM[problem]
    if problem in _TABS:
        character = line[mark.column : mark.column + 1]
        if character == "\t":
            return "a tab indents this line", "YAML wants spaces"
        return f"a value cannot begin with `{character}`", "put it in quotes"
    if problem.startswith("did not find expected ',' or ") and opened is not None:
        close = problem[-2]
        start = f"line {opened.line + 1}, column {opened.column + 1}"
        return f"`,` or `{close}` is missing before this", f"the bracket opens in {start}"
    if problem == "did not find expected key":
        if line[: mark.column].strip():
            return "more text after a value", "put the whole value in quotes"
        return "the indent fits no line above", "align the line with its siblings"
    return f"is no YAML: {problem}", ""

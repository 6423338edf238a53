"""What the YAML parser complains of, in words for a person. Must not: know what the YAML means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from yaml import Mark, MarkedYAMLError

# What YAML forbids, and the three line breaks that YAML counts and no editor does.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)


class Complaint(NamedTuple):
    """What stops the reading of a file, and where, counted from 0."""

    line: int
    column: int
    what: str
    hint: str = ""


_DIRECTIVE = ("directives are not supported", "take the line out")
_QUOTE = ("the quote that opens here never closes", "")
# By what was being read, told where it began.
_READING = {
    "tag": ("tags are not supported", "take the `!…` out"),
    "directive": _DIRECTIVE,
    "alias": ("`*` at the beginning means an alias", "put the text in quotes"),
    "anchor": ("`&` at the beginning means an anchor", "put the text in quotes"),
    "block scalar": ("`|` and `>` begin a block of lines", "or put the text in quotes"),
}
_AT_CONTEXT = {
    "could not find expected ':'": ("no `:` after this key", "write `key: value`"),
    "found unexpected end of stream": _QUOTE,
    "found unexpected document indicator": _QUOTE,
    "found undefined tag handle": _READING["tag"],
}
_AT_PROBLEM = {
    "mapping values are not allowed in this context": (
        "`key: value` cannot stand here",
        "check the indent; text that holds `: ` goes in quotes",
    ),
    "block sequence entries are not allowed in this context": (
        "`- ` cannot stand here",
        "begin a list on a line of its own",
    ),
    "did not find expected '-' indicator": (
        "the list above goes on without `-`",
        "write `- ` before it, or mend its indent",
    ),
    "did not find expected node content": ("a value is missing here", ""),
    "found unexpected ':'": ("`:` cannot stand here", "put the text in quotes"),
    "found incompatible YAML document": _DIRECTIVE,
    "did not find expected <document start>": ("text after the end of the document", ""),
}
_ESCAPE = ("unknown escape in double quotes", "in single quotes a backslash is a backslash")
_TAB = ("a tab indents this line", "YAML wants spaces")


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
    problem, mark, opened = error.problem or "", error.problem_mark, error.context_mark
    if opened is not None:
        read = (error.context or "").removeprefix("while ").partition(" a")[2]
        for reading, words in _READING.items():
            if read.endswith(f" {reading}"):
                return Complaint(opened.line, opened.column, *words)
        if problem in _AT_CONTEXT:
            return Complaint(opened.line, opened.column, *_AT_CONTEXT[problem])
    if mark is None:
        return Complaint(0, 0, f"is no YAML: {problem}")
    line = lines[mark.line] if mark.line < len(lines) else ""
    return Complaint(mark.line, mark.column, *_words(problem, mark, opened, line))


def _words(problem: str, mark: Mark, opened: Mark | None, line: str) -> tuple[str, str]:
    if problem in _AT_PROBLEM:
        return _AT_PROBLEM[problem]
    if "escape" in problem or "hexdecimal" in problem:
        return _ESCAPE
    character = line[mark.column : mark.column + 1]
    if "tab character" in problem or character == "\t":
        return _TAB
    if problem == "found character that cannot start any token":
        return f"a value cannot begin with `{character}`", "put it in quotes"
    if problem.startswith("did not find expected ',' or ") and opened is not None:
        start = f"line {opened.line + 1}, column {opened.column + 1}"
        return f"`,` or `{problem[-2]}` is missing before this", f"the bracket opens in {start}"
    if problem == "did not find expected key":
        if line[: mark.column].strip():
            return "more text after a value", "put the whole value in quotes"
        return "the indent fits no line above", "align the line with its siblings"
    return f"is no YAML: {problem}", ""

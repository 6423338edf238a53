"""Reading: YAML events → plain tree and marks. Must not: know what the YAML means.

Every scalar stays text; an empty or null one is None, and a problem. Events are read and not the
parser's node tree, which is slower, larger, and recursive where a file may be hostile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from holdfast.inventory.opened import OpenList, OpenMapping, mark_of
from holdfast.inventory.path import show
from holdfast.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.inventory.opened import Marks

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_DEEPEST = 16
_SECTIONS = 2  # open while a section is: the documents, and the one document
_MOST_EXPANDED = 100_000
_TAGGED = ("tags are not supported", "take the `!…` out")


def place(file: str, mark: int) -> Place:
    """Return the place that a mark stands for."""
    return Place(file, (mark >> 32) + 1, (mark & 0xFFFFFFFF) + 1)


class Stop(Exception):
    """The rest of the file cannot be read safely."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class Reading:
    """One reading of one file: what is open, and what has been found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._documents = OpenList(0)  # a file may not hold two, and it may hold none
        self._stack: list[OpenList | OpenMapping] = [self._documents]
        self._anchors: dict[str, tuple[Any, Marks | None, int] | None] = {}
        self._words: dict[str, str] = {}  # each text is kept once
        self._expanded = 0
        self.whole = True

    @property
    def root(self) -> Any:
        """What the file holds; None when it holds nothing."""
        return self._documents.value[0] if self._documents.value else None

    @property
    def marks(self) -> Marks:
        """The marks of the root."""
        marks = self._documents.marks.get(0, 0)
        return marks if isinstance(marks, dict) else {None: marks}

    def run(self, parser: yaml.CBaseLoader) -> None:
        """Read the events to their end; Stop where going on would be unsafe."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        following: Callable[[], Any] = parser.get_event
        once, stack = self._words.setdefault, self._stack
        while (event := following()) is not None:
            if event.__class__ is not yaml.ScalarEvent:
                if event.__class__ in handlers:
                    handlers[event.__class__](event)
                continue
            # Two of three events are plain scalars: they take the shortest way.
            text = once(event.value, event.value)
            if event.tag is not None or event.anchor is not None or text in _NULLS:
                self._odd(event, text)
            elif not isinstance(top := stack[-1], OpenMapping) or not top.wants_key:
                top.put(text, event)
            elif text == "<<" or text in top.value:
                self._key(top, event, text)
            else:  # what `_key` does, without a call for each of a hundred thousand
                start: Any = event.start_mark
                top.key, top.mark, top.wants_key = text, start.line << 32 | start.column, False

    def _document(self, event: yaml.Event) -> None:
        if self._documents.value:
            raise Stop(self._problem(mark_of(event), "a second document begins", "one a file"))

    def _odd(self, event: yaml.ScalarEvent, text: str) -> None:
        """Take a scalar that is tagged, anchored or perhaps null."""
        if event.tag is not None:
            self._complain(mark_of(event), *_TAGGED)
        if event.anchor is not None:
            self._anchor(event)
        top = self._stack[-1]
        if isinstance(top, OpenMapping) and top.wants_key:
            self._key(top, event, text)
            return
        value: str | None = text
        if text in _NULLS and event.implicit[0]:
            self._complain(mark_of(event), "is empty", "give it a value, or take the line out")
            value = None
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, None, 1)
        top.put(value, event)

    def _key(self, top: OpenMapping, event: yaml.ScalarEvent, text: str) -> None:
        top.key, top.mark, top.wants_key = text, mark_of(event), False
        if text == "<<":
            hint = "write the fields, or `defaults`"
            self._complain(top.mark, "merge keys are not supported", hint)
        elif text in top.value:
            earlier = top.marks[text]
            first = place(self.file, earlier[None] if isinstance(earlier, dict) else earlier)
            self._complain(top.mark, "repeated key", f"first in line {first.line}")
            # Of a whole section too much is lost for what refers to it.
            self.whole = self.whole and len(self._stack) > _SECTIONS

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        mark = mark_of(event)
        if self._stack[-1].wants_key:
            raise Stop(self._problem(mark, "a key must be plain text"))
        if len(self._stack) > _DEEPEST:
            raise Stop(self._problem(mark, f"is nested more than {_DEEPEST} deep"))
        if event.tag is not None:
            self._complain(mark, *_TAGGED)
        if event.anchor is not None:
            self._anchor(event)
            self._anchors[event.anchor] = None  # until it is closed it cannot be used
        opened = OpenMapping if event.__class__ is yaml.MappingStartEvent else OpenList
        self._stack.append(opened(mark, event.anchor))

    def _close(self, _event: yaml.Event) -> None:
        done = self._stack.pop()
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.value, done.marks, done.size)
        self._stack[-1].hold(done.value, done.marks, done.size)

    def _anchor(self, event: yaml.NodeEvent) -> None:
        if event.anchor in self._anchors:
            what = f"the anchor `&{event.anchor}` is there already"
            self._complain(mark_of(event), what, "rename it")

    def _alias(self, event: yaml.AliasEvent) -> None:
        mark, name = mark_of(event), event.anchor
        if self._stack[-1].wants_key:
            raise Stop(self._problem(mark, "a key must be plain text"))
        if name not in self._anchors:
            raise Stop(self._problem(mark, f"no anchor `&{name}` above"))
        anchored = self._anchors[name]
        if anchored is None:
            raise Stop(self._problem(mark, f"`*{name}` stands inside itself"))
        value, marks, size = anchored
        self._expanded += size
        if self._expanded > _MOST_EXPANDED:
            what = f"aliases stand for more than {_MOST_EXPANDED:,} values"
            raise Stop(self._problem(mark, what))
        if marks is None:
            self._stack[-1].put(value, event)
        else:
            self._stack[-1].hold(value, {**marks, None: mark}, size)

    def _complain(self, mark: int, what: str, hint: str) -> None:
        self.problems.append(self._problem(mark, what, hint))

    def _problem(self, mark: int, what: str, hint: str = "") -> Problem:
        path = tuple(entry.part for entry in self._stack[1:] if entry.part is not None)
        return Problem(place(self.file, mark), show(path), what, hint)

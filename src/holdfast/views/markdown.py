"""Plan to Markdown for a pull request, within the 64 kB of a comment.

Whatever did not come from this program stands in code: no mention, link or HTML can come of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.plan.change import Action
from holdfast.plan.fields import fields
from holdfast.views.words import (
    LONGEST_LINE,
    MARKER,
    SIGNS,
    clean,
    gist,
    silent,
    size,
    totals,
    value,
    why,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan

# Bytes of all lists together; GitHub takes 65,536 characters in a comment.
LIMIT = 56_000
SECTION = 6_000  # of each list but that of the changes, which gets what is left
LONGEST = 300  # characters of one piece of text

_TEMPLATE = """\
{{ marker }}
### {{ totals }}
{% if taken %}
> **This takes something away:** {{ taken }}.
{% endif %}{% if plan.scope %}
Partial plan ({{ plan.scope | join(' ') | code }}): it cannot prove that there is no drift.
{% endif %}{% for check in plan.checks if check.refused %}
> **Refused:** {{ check.refused | code }} If that is meant: \
`holdfast apply --accept {{ check.rule }}@{{ plan.digest }}`
{% endfor %}{% for section in sections if section.blocks %}
{% for line in section.lines %}{{ line }}
{% endfor %}{% if section.cut %}- and {{ section.cut }} more such lines
{% endif %}{% endfor %}{% if changes.blocks %}
```diff
{% for line in changes.lines %}{{ line }}
{% endfor %}```
{% endif %}{% if changes.cut %}
{{ changes.cut }} more changes are not shown here; the plan itself is whole.
{% endif %}
Plan digest `{{ plan.digest }}`
"""


@dataclass(frozen=True)
class _Section:
    """Blocks of lines that fit into some room, and how many did not."""

    blocks: Sequence[Sequence[str]]
    cut: int

    @property
    def lines(self) -> list[str]:
        return [line for block in self.blocks for line in block]

    @property
    def size(self) -> int:
        return sum(map(_size, self.blocks))


def markdown(plan: Plan) -> str:
    """Return the plan as one comment; what has no room is left out from the end, and counted."""
    import jinja2  # noqa: PLC0415  # only a pull request pays for it

    # Not HTML: what a comment could misread is taken out by the filter below.
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
    )
    environment.filters["code"] = _code
    sections = [_fit(([line] for line in lines), SECTION) for lines in _lists(plan)]
    room = LIMIT - sum(section.size for section in sections)
    return environment.from_string(_TEMPLATE).render(
        plan=plan,
        marker=MARKER,
        totals=totals(plan),
        taken=_taken(plan),
        sections=sections,
        changes=_fit((_block(change) for change in plan.changes), room),
    )


def _fit(blocks: Iterable[Sequence[str]], room: int) -> _Section:
    """Return the first blocks that fit."""
    shown: list[Sequence[str]] = []
    cut = 0
    for block in blocks:
        room -= _size(block)
        if room < 0:
            cut += 1
        else:
            shown.append(block)
    return _Section(shown, cut)


def _size(block: Sequence[str]) -> int:
    return sum(len(line.encode()) + 1 for line in block)


def _lists(plan: Plan) -> Iterable[Iterable[str]]:
    """Return the lines beside the changes, list by list."""
    unknown = [(item.address, item.reason) for item in silent(plan)]
    unknown += [(str(item.address), item.reason) for item in plan.unknown]
    return (
        (
            f"- {problem.severity.value}: {_code(problem.where)} {_code(problem.what)}"
            + (f" {_code(problem.hint)}" if problem.hint else "")
            for problem in plan.problems
        ),
        (
            f"- lost: {_code(f'{loss.address.name} {loss.backup}')} "
            + _code(f"{loss.created} {size(loss.size)}, {loss.reason}")
            for loss in plan.losses
        ),
        (f"- unknown: {_code(address)} {_code(reason)}" for address, reason in unknown),
        (f"- note: {_code(note)}" for note in plan.effects),
    )


def _block(change: Change) -> list[str]:
    sign = {"create": "+", "update": "!", "no-op": " "}.get(change.action.value, "-")
    source = f"  {change.source}" if change.source else ""
    head = f"{sign} {SIGNS[change.action]} {change.action.value} {change.address} [{why(change)}]"
    lines = [_inside(head + source)]
    if change.action in (Action.UPDATE, Action.REPLACE):
        lines += [
            _inside(f"    {field.path}: {value(field.before)} → {value(field.after)}")
            for field in fields(change)
        ]
    elif text := gist(change):
        lines.append(_inside(f"    {text}"))
    return lines


def _taken(plan: Plan) -> str:
    counts = plan.summary
    words = (
        ("deleted", counts.delete),
        ("replaced", counts.replace),
        ("forgotten, backups stay", counts.forget),
        ("backups lost", counts.lost),
    )
    return "; ".join(f"{word}: {count}" for word, count in words if count)


def _code(item: object) -> str:
    """Return a code span that its content cannot leave."""
    return f"`{_inside(item, LONGEST)}`"


def _inside(item: object, longest: int = LONGEST_LINE) -> str:
    """Return text that cannot leave a code span or block."""
    return clean(item, longest).replace("`", "'")

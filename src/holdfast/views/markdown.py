"""Plan to Markdown for a pull request, within the 64 kB of a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.change import Action
from holdfast.plan.fields import fields
from holdfast.views.words import MARKER, SIGNS, gist, size, totals, value, why

if TYPE_CHECKING:
    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan

LIMIT = 60_000  # bytes; GitHub takes 65,536 characters in a comment

_TEMPLATE = """\
{{ marker }}
### {{ totals }}
{% if taken %}
> **This takes something away:** {{ taken }}.
{% endif %}{% if plan.scope %}
Partial plan (`{{ plan.scope | join(' ') }}`): it cannot prove that there is no drift.
{% endif %}{% for check in plan.checks if check.refused %}
> **Refused:** {{ check.refused | text }}. If that is meant: \
`holdfast apply --accept {{ check.rule }}@{{ plan.digest }}`
{% endfor %}{% for problem in plan.problems %}
- {{ problem.severity.value }}: `{{ problem.where | code }}` {{ problem.what | text }}\
{% if problem.hint %} ({{ problem.hint | text }}){% endif %}
{% endfor %}{% for loss in plan.losses %}
- lost: `{{ loss.address.name | code }} {{ loss.backup | code }}` {{ loss.created }} \
{{ loss.size | size }}, {{ loss.reason | text }}
{% endfor %}{% for unread in plan.unread %}
- unknown: `node/{{ unread.target | code }}` {{ unread.reason | text }}
{% endfor %}{% for unknown in plan.unknown %}
- unknown: `{{ unknown.address | code }}` {{ unknown.reason | text }}
{% endfor %}{% for note in plan.effects %}
- note: {{ note | text }}
{% endfor %}{% if changes %}
```diff
{% for line in changes %}{{ line }}
{% endfor %}```
{% endif %}{% if cut %}
{{ cut }} more changes are not shown here; the plan itself is whole.
{% endif %}
Plan digest `{{ plan.digest }}`
"""


def markdown(plan: Plan) -> str:
    """Return the plan as one comment; whole changes are left out from the end, and counted."""
    import jinja2  # noqa: PLC0415  # only a pull request pays for it

    # Not HTML: what a comment could misread is taken out by the filters below.
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
    )
    environment.filters |= {"size": size, "code": _code, "text": _text}
    blocks = [_block(change) for change in plan.changes]
    shown, room = 0, LIMIT
    for block in blocks:
        room -= len("\n".join(block).encode()) + 1
        if room < 0:
            break
        shown += 1
    return environment.from_string(_TEMPLATE).render(
        plan=plan,
        marker=MARKER,
        totals=totals(plan),
        taken=_taken(plan),
        changes=[line for block in blocks[:shown] for line in block],
        cut=len(blocks) - shown,
    )


def _block(change: Change) -> list[str]:
    sign = {"create": "+", "update": "!", "no-op": " "}.get(change.action.value, "-")
    source = f"  {change.source}" if change.source else ""
    head = f"{sign} {SIGNS[change.action]} {change.action.value} {change.address} [{why(change)}]"
    lines = [_code(head + source)]
    if change.action in (Action.UPDATE, Action.REPLACE):
        lines += [
            _code(f"    {field.path}: {value(field.before)} → {value(field.after)}")
            for field in fields(change)
        ]
    elif text := gist(change):
        lines.append(_code(f"    {text}"))
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
    """Return text that cannot leave a code span or block."""
    return " ".join(str(item).replace("`", "'").split("\n"))


def _text(item: object) -> str:
    """Return text that Markdown and HTML take for text."""
    plain = " ".join(str(item).split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#@" else c for c in plain)

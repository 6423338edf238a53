"""What a person has done to single backups and runs, one file a kind of act.

An act yields lines of progress, then one `result`; what goes wrong by somebody's doing is one
`failure`, and the acts after it are not begun.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Callable, Iterator, cast

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]
    Perform = Callable[[Survey, Request, Op], Iterator[Line]]


MODULES = {
    "lock": "marks",
    "unlock": "marks",
    "note": "marks",
    "header": "fetch",
    "fetch": "fetch",
    "outflow": "outflow",
    "now": "run",
    "cancel": "run",
    "approve": "approve",
    "delete": "delete",
    "verify": "verify",
    "admit": "admit",
    "introduce": "admit",
    "dismiss": "admit",
    "restore": "restore",
    "reinstate": "reinstate",
    "crontab": "crontab",
    "certificate": "appliance",
    "appliance": "appliance",
}


def answer(survey: Survey, asked: Request, ops: list[Op]) -> Iterator[Line]:
    """Yield what each act tells, up to the first that fails."""
    for op in ops:
        try:
            yield from find(op.act)(survey, asked, op)
        except Failed as error:
            yield {"type": "failure", "message": str(error)}
            return
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise  # whoever asked is gone
            where = "%s: " % error.filename if error.filename else ""
            yield {"type": "failure", "message": where + str(error.strerror or error)}
            return


def find(act: str) -> Perform:
    """Return the function of an act; each loads only what it needs."""
    if act not in MODULES:
        raise Failed("this agent does not know how to %s; apply updates it" % act[:40])
    module = importlib.import_module("%s.%s" % (__name__, MODULES[act]))
    return cast("Perform", getattr(module, act))

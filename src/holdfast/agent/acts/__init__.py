"""What a person has done to single backups and runs, one file a kind of act.

An act yields lines of progress, then one `result`; what goes wrong by somebody's doing is one
`failure`, and the acts after it are not begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]
    Perform = Callable[[Survey, Request, Op], Iterator[Line]]


def answer(survey: Survey, asked: Request, ops: list[Op]) -> Iterator[Line]:
    """Yield what each act tells, up to the first that fails."""
    for op in ops:
        try:
            yield from _find(op.act)(survey, asked, op)
        except Failed as error:
            yield {"type": "failure", "message": str(error)}
            return
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise  # whoever asked is gone
            where = "%s: " % error.filename if error.filename else ""
            yield {"type": "failure", "message": where + str(error.strerror or error)}
            return


def _find(act: str) -> Perform:
    """Return the function of an act; each loads only what it needs."""
    if act in ("lock", "unlock", "note"):
        from holdfast.agent.acts import marks  # noqa: PLC0415 - an act pays for its own imports only

        return {"lock": marks.lock, "unlock": marks.unlock, "note": marks.note}[act]
    if act in ("header", "fetch"):
        from holdfast.agent.acts import fetch  # noqa: PLC0415 - the same

        return {"header": fetch.header, "fetch": fetch.fetch}[act]
    if act in ("now", "cancel"):
        from holdfast.agent.acts import run  # noqa: PLC0415 - the same

        return {"now": run.now, "cancel": run.cancel}[act]
    if act == "approve":
        from holdfast.agent.acts import approve  # noqa: PLC0415 - the same

        return approve.approve
    if act == "delete":
        from holdfast.agent.acts import delete  # noqa: PLC0415 - the same

        return delete.delete
    if act == "verify":
        from holdfast.agent.acts import verify  # noqa: PLC0415 - the same

        return verify.verify
    if act == "admit":
        from holdfast.agent.acts import admit  # noqa: PLC0415 - the same

        return admit.admit
    if act == "restore":
        from holdfast.agent.acts import restore  # noqa: PLC0415 - the same

        return restore.restore
    raise Failed("this agent does not know how to %s; apply updates it" % act[:40])

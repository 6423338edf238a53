"""The read-only key: what a job that only plans may come in with."""

from __future__ import annotations

from holdfast.agent import lines
from holdfast.agent.failure import Failed
from holdfast.agent.setup import authorized, readerkey

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the key as resource of the name ``, nothing where there is none."""
    try:
        found = readerkey.find(survey.layout)
    except Failed as error:
        hint = "put the markers of the block right by hand"
        return {}, [lines.problem("reader", "", str(error), hint)]
    return ({} if found is None else {"": found}), []


def apply(survey: Survey, op: Op) -> None:
    """Let the key in, or no key of ours any more."""
    from holdfast.agent.fields import Fields  # noqa: PLC0415 - a read must not pay for it

    if op.after is None:
        readerkey.remove(survey.layout)
        return
    given = Fields(op.after, "reader")
    key = given.text("key")
    if not authorized.is_key(key):
        raise given.refusal("key", "a public key without a comment")
    forwards = given.texts("forwards")
    if not all(readerkey.is_place(place) for place in forwards):
        raise given.refusal("forwards", "a list of HOST:PORT")
    readerkey.put(survey.layout, key, list(forwards))

"""The node's own key, of which only the public half is told. Must not: let the other one out."""

from __future__ import annotations

from holdfast.agent import identity, lines

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the public key as resource of the name ``, and whether others could use the key."""
    try:
        key = identity.find(survey.layout)
    except ValueError as error:
        return {"": {"damaged": str(error)}}, []
    if key is None:
        return {}, []
    problems = []
    if fault := identity.fault(survey.layout):
        hint = "chmod 600 it; or remove it, and apply makes another"
        problems.append(lines.problem("identity", "", fault, hint))
    return {"": {"key": key}}, problems


def settle(wanted: object, found: object) -> object:
    """Return what was made where a key was wanted that nobody could know before."""
    if wanted == {"key": None} and isinstance(found, dict) and identity.is_public(found.get("key")):
        return found
    return wanted


def apply(survey: Survey, op: Op) -> None:
    """Make a key, or remove it."""
    from holdfast.agent import atomic  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.failure import Failed  # noqa: PLC0415
    from holdfast.agent.fields import Fields  # noqa: PLC0415

    if op.after is None:
        atomic.remove(survey.layout.identity)
        return
    wanted = Fields(op.after, "identity").text_or_none("key")
    if wanted is None:
        identity.make(survey.layout)
    elif read(survey)[0] != {"": {"key": wanted}}:
        raise Failed("a node's key is made on the node alone: plan again")

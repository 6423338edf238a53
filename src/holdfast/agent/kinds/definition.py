"""Definitions: the promises that this node keeps, each with the cron entries that fire it."""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the definitions by id, with `cron` as cron is told of them, and what is wrong."""
    told = survey.cron.entries
    if told is None:
        return dict(survey.definitions), survey.problems
    found: dict[str, object] = {
        identity: attributes
        if "damaged" in attributes
        else {**attributes, "cron": list(told.get(identity, ()))}
        for identity, attributes in survey.definitions.items()
    }
    return found, survey.problems


def apply(survey: Survey, ops: list[Op]) -> None:
    """Write, rename and forget definitions, then tell cron of all of them at once."""
    from holdfast.agent.setup import promises  # noqa: PLC0415 - a read must not pay for it

    promises.install(survey, ops)

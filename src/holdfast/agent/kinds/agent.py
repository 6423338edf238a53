"""The agent itself: which file runs, the node's settings, and whether cron is told rightly."""

from __future__ import annotations

import os

from holdfast.agent import lines, permissions, running
from holdfast.agent.layout import Layout

# What a plan holds against an agent that did not speak: nobody could tell how it was set up.
SPEECHLESS = {"damaged": "it does not speak"}

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the agent as resource of the name ``; nothing where none was applied, or none is left.

    Without the link that cron and ssh call there is none, whatever file is asking here.
    """
    settings = survey.node
    if settings is None or not os.path.exists(survey.layout.agent):
        return {}, []
    cron = survey.cron
    problems = []
    if settings.fault:
        problems.append(
            lines.problem("agent", "", settings.fault, "apply writes it again", severity="warning")
        )
    if cron.fault:
        problems.append(
            lines.problem("agent", "", cron.fault, "put its markers right by hand (crontab -e)")
        )
    for former in survey.former:
        if former != survey.layout.inventory and os.path.isdir(Layout.here(former).etc):
            what = "the former inventory %s is still here beside %s"
            hint = "retire the node in one of the two: each would make its own backups"
            about = what % (former, survey.layout.inventory)
            problems.append(lines.problem("agent", "", about, hint))
    attributes = {
        "sha256": running.sha256(os.path.realpath(survey.layout.agent)),
        "inventory": survey.layout.inventory,
        "nodes": settings.nodes,
        "slots": settings.slots,
        "cron": settings.cron,
        "cron_file": cron.verdict,
    }
    if open_to_others := permissions.faults(survey.layout):
        attributes["permissions"] = open_to_others
    return {"": attributes}, problems


def settle(survey: Survey, applied: object) -> object:
    """Return the attributes last applied, with the `cron_file` that today's definitions ask for.

    Whether a cron file is right to be there changes with each definition, not with the agent.
    """
    if not isinstance(applied, dict):
        return applied
    return {**applied, "cron_file": survey.cron.expected}


def apply(survey: Survey, op: Op) -> None:
    """Install this very agent with its settings, or take all of this inventory off the node."""
    if op.after is None:
        from holdfast.agent.setup import retire  # noqa: PLC0415 - a read must not pay for it

        retire.leave(survey)
    else:
        from holdfast.agent.fields import Fields  # noqa: PLC0415
        from holdfast.agent.setup import install  # noqa: PLC0415

        install.install(survey, Fields(op.after, "agent"))

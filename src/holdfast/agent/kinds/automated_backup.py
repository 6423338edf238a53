"""The backup schedule that a LoadMaster keeps by itself; read and written through its connector.

Only devices that a request names, and that an apply made known here, are called at all.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the schedules of the devices that answered, and a line on each device."""
    found: dict[str, object] = {}
    told: list[dict[str, object]] = []
    known = survey.appliances
    if known:
        from holdfast.agent.loadmaster.looks import looks  # noqa: PLC0415 - most reads have no device

        for name, seen in looks(survey.layout, known):
            if isinstance(seen, dict):
                told.append(seen)
            else:
                found[name] = dict(seen.attributes)
                told.append(seen.line)
    return found, sorted(told, key=lambda line: str(line["name"]))


def apply(survey: Survey, op: Op) -> None:
    """Write a device's schedule."""
    from holdfast.agent.failure import Failed  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.kinds import secret  # noqa: PLC0415
    from holdfast.agent.loadmaster.assign import assign, typed  # noqa: PLC0415
    from holdfast.agent.loadmaster.look import BRIEF  # noqa: PLC0415
    from holdfast.agent.loadmaster.rewrite import SECRETS, VERSION  # noqa: PLC0415
    from holdfast.agent.loadmaster.session import session  # noqa: PLC0415

    wanted = op.after
    if wanted is None:
        raise Failed("a device always has a schedule: `enable: false` switches it off")
    for fault in typed(op.name, wanted):
        raise Failed(fault)
    for field in SECRETS:
        name = "%s.automated_backup.%s" % (op.name, field)
        here = secret.version(survey.layout, name)
        asked = wanted[VERSION % field]
        if asked is not None and asked != here:
            what = "secret %s is of version %s here, not %s: apply the node's own changes too"
            raise Failed(what % (name, here, asked))
    with session(survey.layout, op.name, BRIEF) as device:
        assign(survey.layout, device, wanted)

"""A backup of the target before it is overwritten, by a definition that backs it up anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generator

from holdfast.agent import definition as definitions
from holdfast.agent import fields
from holdfast.agent.acts import run as running
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def make(survey: Survey, loadmaster: str) -> Generator[Line, None, str]:
    """Yield progress and return the name of the backup made; raise Failed where none came of it."""
    identity = _definition(survey, loadmaster)
    if identity is None:
        raise Failed(
            "no definition of this node backs %s up, so nothing could take the restore back: "
            "add one, or accept it (--accept no-safety-backup)" % loadmaster
        )
    for line in running.follow(survey.layout, identity):
        if line["type"] == "progress":
            yield line
        else:
            ended = runs.from_fields(fields.Fields(line["run"], "run"))
    if ended.status not in (runs.SUCCESS, runs.WARNING):
        raise Failed(
            "%s was not backed up before (%s: %s); nothing was changed "
            "(--accept no-safety-backup goes on without)" % (loadmaster, ended.status, ended.reason)
        )
    return "%s/%s" % (loadmaster, ended.backup)


def _definition(survey: Survey, loadmaster: str) -> str | None:
    """Return the definition that backs a LoadMaster up; one that cron fires is preferred."""
    of = [
        known
        for identity in survey.definitions
        if identity.endswith("@" + loadmaster)
        for known in [definitions.load(survey.layout, identity)]
        if known is not None
    ]
    of.sort(key=lambda known: (not known.active, known.id))
    return of[0].id if of else None

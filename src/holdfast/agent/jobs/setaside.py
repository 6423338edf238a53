"""What is said of a chain that was set aside: by its run or, should that be killed, by the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent import names
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.stores.dataset import Dataset


def said(aside: str, why: str) -> str:
    """Return what a run says that began a chain anew; nothing of the first, or of an increment."""
    if not why:
        return ""
    said = "a new full stream was sent, for %s" % why
    return "%s; the chain before it is set aside as %s" % (said, aside) if aside else said


def unsaid(layout: Layout, identity: str, store: Dataset) -> str:
    """Return what the run of the newest backup ended too early to say; nothing if it did say it.

    Where no record of that run is left, nobody knows: then nothing, too.
    """
    newest = store.chain.newest()
    aside = "" if newest is None else store.chain.aside_of(newest)
    if newest is None or not aside:
        return ""
    for backup in store.backups():
        made = backup.manifest
        if made is not None and made.snapshot == newest.guid:
            # The runs of a definition that was renamed lie under its new ID.
            known = [
                runs.look(layout, each, made.run)
                for each in filter(names.is_id, (made.definition, identity))
            ]
            if any(run is not None and aside in run.reason for run in known) or not any(known):
                return ""
    return "the chain before %s is set aside as %s; its run ended before it could say so" % (
        newest.name,
        aside,
    )

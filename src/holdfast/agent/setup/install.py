"""Makes this very agent the one that cron and ssh call, with its settings and its cron entries."""

from __future__ import annotations

import fcntl
import hashlib
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic, canonical, names, permissions, running
from holdfast.agent.cron import cronwrite
from holdfast.agent.failure import Failed
from holdfast.agent.layout import Layout
from holdfast.agent.setup import compiled, node
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


def install(survey: Survey, given: Fields) -> None:
    """Carry out the `agent` op; the settings are written last, so half of it is seen and redone."""
    from holdfast.agent.setup import adopt  # noqa: PLC0415 - a rename of an inventory is rare

    layout = Layout(given.text("inventory"), survey.layout.root)
    settings = _settings(layout, survey, given)
    archive = _own_archive(layout, given.text("sha256"))
    if survey.layout.inventory != layout.inventory:
        adopt.refuse_while_running(survey.layout)
        adopt.move(survey.layout, layout)
    adopt.finish(layout, survey.former)
    for folder in (layout.definitions, layout.storages, layout.secrets, layout.applied):
        os.makedirs(folder, mode=0o750, exist_ok=True)
    os.chmod(layout.secrets, 0o700)
    permissions.mend(layout)
    compiled.make(archive)
    before = _switch(layout, archive)
    after = node.Node(settings)
    definitions = Survey(layout).definitions
    cronwrite.write(layout, after, definitions)
    cronwrite.clear(layout, node.CRONTAB if after.mode == node.CRON_D else node.CRON_D)
    atomic.write(node.path(layout), canonical.dumps(settings) + "\n")
    _remove_unused(layout, {archive, before})


def _settings(layout: Layout, survey: Survey, given: Fields) -> dict[str, object]:
    known = given.texts("nodes")
    if not all(map(names.is_name, known)):
        raise given.refusal("nodes", "a list of names")
    earlier = survey.node or node.Node({})
    was = dict.fromkeys([*earlier.was, *survey.former, survey.layout.inventory])
    was.pop(layout.inventory, None)
    return {
        "inventory": layout.inventory,
        "was": list(was),
        "nodes": list(known),
        "slots": given.whole("slots", 1),
        "cron": given.one_of("cron", node.CRON_D, node.CRONTAB),
        # The minute of the hourly entry is spread by it; kept, since a host's name may change.
        "spread": earlier.spread or os.uname().nodename,
    }


def _own_archive(layout: Layout, sha256: str) -> str:
    """Return our own file, which must be the asked one and lie where agents lie."""
    archive = running.archive()
    if archive is None or running.sha256(archive) != sha256:
        raise Failed("this is not the agent that was asked for; send it first")
    wanted = os.path.join(os.path.realpath(layout.agents), sha256 + ".pyz")
    if os.path.islink(wanted):
        _replace_link(wanted, archive, sha256)
        return wanted
    if archive != wanted:
        raise Failed("this agent runs from %s, not from %s" % (archive, wanted))
    return archive


def _replace_link(path: str, archive: str, sha256: str) -> None:
    """Put the archive itself in the place of a link to it: what that leads to may change."""
    with open(archive, "rb") as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Failed("%s is a link, and what it leads to is not the agent any more" % path)
    atomic.write(path, content, 0o755)


def _switch(layout: Layout, archive: str) -> str:
    """Point the symlink at an archive; return where it pointed before."""
    before = os.path.realpath(layout.agent)
    target = os.path.join(os.path.basename(layout.agents), os.path.basename(archive))
    if not os.path.islink(layout.agent) or os.readlink(layout.agent) != target:
        temporary = layout.agent + ".new"
        if os.path.lexists(temporary):
            os.unlink(temporary)
        os.symlink(target, temporary)
        os.rename(temporary, layout.agent)
        atomic.sync_folder(os.path.dirname(layout.agent))
    return before


def _remove_unused(layout: Layout, kept: set[str]) -> None:
    """Remove the archives that no process holds, but for the one just replaced.

    A process that started a moment ago through the old link may not hold its archive yet.
    """
    folder = os.path.realpath(layout.agents)
    files = [os.path.join(folder, name) for name in os.listdir(folder) if name[0] != "."]
    held = {path for path in files if path.endswith(".pyz") and _is_held(path)}
    versions = {os.path.basename(path).partition(".")[0] for path in kept | held}
    for path in files:
        if os.path.basename(path).partition(".")[0] not in versions:
            atomic.remove(path)


def _is_held(path: str) -> bool:
    """Tell whether a process runs from an archive: each locks its own."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False

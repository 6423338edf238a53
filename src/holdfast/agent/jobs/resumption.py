"""Going on with a receive that broke off, or clearing it away. Must not: touch a stranger's.

What was received in full so has no manifest yet: the run adopts it like any other such snapshot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.backups import manifest
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.stores.chain import Chain, Parts
    from holdfast.agent.transforms.recipe import Recipe


def settle(chain: Chain, source: Origin, definition: Definition, recipe: Recipe) -> str:
    """Finish what broke off, or clear it away where that cannot be; return what was done."""
    parts = chain.parts()
    if parts is None:
        return ""
    name = parts.token.snapshot
    stem = name.rpartition("-")[0]
    if not manifest.is_backup(name, stem):
        raise Failed(
            "%s holds part of a stream of %s@%s, which is none of its backups: whoever sent it may "
            "finish it, or `zfs receive -A` take it away"
            % (parts.dataset, parts.token.dataset, name)
        )
    held = any(parts.token.guid == snapshot.guid for snapshot in source.kept())
    same = stem == definition.name and parts.token.raw == source.raw
    if not held or not same or not source.resumes:
        chain.abandon(parts)
        return "what had come of %s before it broke off was cleared away" % name
    _finish(chain, source, parts, recipe)
    return "%s had broken off and was finished" % name


def _finish(chain: Chain, source: Origin, parts: Parts, recipe: Recipe) -> None:
    try:
        with source.resuming(parts.token.text, recipe) as flow:
            chain.receive_rest(flow.blocks, parts)
    except Failed:
        # Where it came no further, the next run begins anew rather than fail the same way.
        left = chain.parts()
        if left is not None and left.token.text == parts.token.text:
            chain.abandon(left)
        raise

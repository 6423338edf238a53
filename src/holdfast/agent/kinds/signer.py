"""Other nodes whose signatures this one trusts, for they keep backups in a storage that it shares.

Keys are only ever added: what an earlier key signed stays signed.
"""

from __future__ import annotations

import os

from holdfast.agent import names
from holdfast.agent.setup import documents

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the keys of each node, by its name, and what is wrong with them."""
    found, problems = documents.read(survey.layout.signers, "signer", names.is_name)
    return dict(found), problems


def apply(survey: Survey, op: Op) -> None:
    """Trust a node's keys, or no more."""
    from holdfast.agent import atomic, canonical, identity  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.fields import Fields  # noqa: PLC0415

    file = os.path.join(survey.layout.signers, op.name + ".json")
    if op.after is None:
        atomic.remove(file)
        return
    given = Fields(op.after, "signer " + op.name)
    if not all(map(identity.is_public, given.texts("keys"))):
        raise given.refusal("keys", "a list of public keys of nodes")
    atomic.write(file, canonical.dumps({"keys": sorted(given.texts("keys"))}) + "\n")

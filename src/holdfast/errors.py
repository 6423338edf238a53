"""Everything that can go wrong by somebody's doing, as one small tree.

HoldfastError
├── InventoryError      the YAML is wrong; carries every Problem found           exit 1
├── SecretError         a secret reference cannot be resolved here               exit 12
├── PlanFileError       a saved plan cannot be read                              exit 1
├── BackupError         a backup cannot be picked, opened or put where it is asked exit 1
└── RemoteError         a node answered wrongly or not at all; caught in engine/ exit 3
    ├── Unreachable       no connection, or it was lost                          exit 3
    ├── Unauthorized      host key or credentials refused                        exit 12
    │   └── KeyRefused      the node does not know our key; another may do        exit 12
    ├── Unexpected        noise, half an answer, or none                         exit 3
    ├── NotDone           it refused, or failed at, what it was told to do       exit 1
    ├── Locked            another apply holds the node                           exit 11
    └── Stale             what is there is not what was planned against          exit 13

Bugs are not in this tree and are not caught. Must not: import anything of ours but Problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.problem import Problem


class HoldfastError(Exception):
    """The root; its text is one message fit for a person."""

    exit_code = 1


class InventoryError(HoldfastError):
    """The inventory has problems; all of them are in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SecretError(HoldfastError):
    """A secret reference has no value here; names the reference, never a value."""

    exit_code = 12


class PlanFileError(HoldfastError):
    """A saved plan is no plan, or of a format this version cannot read."""


class BackupError(HoldfastError):
    """No such backup, several of one name, or bytes that are not what was stored."""


class RemoteError(HoldfastError):
    """A node failed; `node` names it and the message carries the far end's own words."""

    exit_code = 3

    def __init__(self, node: str, message: str) -> None:
        self.node = node
        self.message = message
        super().__init__(f"{node}: {message}")


class Unreachable(RemoteError):
    """No connection to the node, or it broke off."""


class Unauthorized(RemoteError):
    """The host key is not the pinned one, or the node refused our key."""

    exit_code = 12


class KeyRefused(Unauthorized):
    """The node does not let this key in; it may let in another."""


class Unexpected(RemoteError):
    """The node said something that is not an agent's whole answer."""


class Speechless(Unexpected):
    """The node let us in, but what is there as its agent did not say a word of ours."""


class NotDone(RemoteError):
    """The node did not do what it was told; the message is its own and says why."""

    exit_code = 1


class Locked(RemoteError):
    """Another apply holds the node; the message names its owner."""

    exit_code = 11


class Stale(RemoteError):
    """What is on the node is no longer what the plan was made against."""

    exit_code = 13

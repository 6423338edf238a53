"""What a run sees of a disk, wherever it lies: here, or on another node. Must not: know which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from holdfast.agent.definition import GuestAgent, Source
    from holdfast.agent.freeze.around import Freeze
    from holdfast.agent.transforms.chain import Flow
    from holdfast.agent.transforms.recipe import Recipe
    from holdfast.agent.zfs.snapshots import Snapshot

SNAPSHOT = "snapshot"  # the consistency of what the file system itself gave as of one moment

Tell = Callable[[int], None]  # how many bytes of the content have passed so far


class Reading(Protocol):
    """What is to be known of a definition to read its disk; a Definition is one."""

    @property
    def id(self) -> str:
        """The definition's ID."""

    @property
    def name(self) -> str:
        """The definition's own name: what its snapshots are called after."""

    @property
    def source(self) -> Source:
        """The disk."""

    @property
    def freeze(self) -> str:
        """Whether its guest is frozen: off, best-effort, required."""

    @property
    def guest_agent(self) -> GuestAgent | None:
        """How the guest is reached."""

    @property
    def consistency(self) -> str:
        """Which consistency is asked for: snapshot, or none."""


class Opened(Protocol):
    """A disk opened for one reading, whole and as of one moment, its guest thawed again."""

    @property
    def suffix(self) -> str:
        """The end of the name of a file that holds these bytes."""

    @property
    def guid(self) -> str | None:
        """The dataset's GUID; an image has none."""

    @property
    def size(self) -> int:
        """About how many bytes will come."""

    @property
    def freeze(self) -> Freeze:
        """How freezing the guest went."""

    @property
    def consistency(self) -> str:
        """How far the bytes are those of one moment; final when all have come."""

    @property
    def doubt(self) -> str:
        """Why they may not be, nothing if they are; final when all have come."""

    def flow(self, recipe: Recipe, tell: Tell) -> AbstractContextManager[Flow]:
        """Give the content as it is to be stored; raise Failed unless all of it came."""


class Taken(NamedTuple):
    """A snapshot that was taken just now, and how freezing the guest for it went."""

    snapshot: Snapshot
    freeze: Freeze


class Origin(Protocol):
    """A dataset whose snapshots are sent, and those that one keeper has on it."""

    @property
    def guid(self) -> str | None:
        """The dataset's GUID."""

    @property
    def disk(self) -> str:
        """The GUID of the disk that a restore put into this dataset, nothing if none did."""

    @property
    def raw(self) -> bool:
        """Whether its streams are raw: ZFS encrypts the dataset, and they are not deciphered."""

    @property
    def resumes(self) -> bool:
        """Whether it can go on with a stream that broke off."""

    @property
    def settled(self) -> str:
        """What is to be told of a restore to it that was killed and is at its end now."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot of the dataset, whosever it is, oldest first."""

    def kept(self) -> tuple[Snapshot, ...]:
        """Return the snapshots that bear the marks of this keeper, oldest first."""

    def take(self, name: str) -> Taken:
        """Return a new snapshot; the guest is frozen for it where that is asked for.

        It is held before all of its stream has come: what arrived whole cannot go at the source.
        """

    def release_all_but(self, *needed: str) -> None:
        """Let go of this keeper's snapshots whose GUIDs are not needed."""

    def estimate(self, snapshot: Snapshot, base: Snapshot | None) -> int:
        """Return about how many bytes its stream will have, 0 where that cannot be told."""

    def sending(
        self, snapshot: Snapshot, base: Snapshot | None, recipe: Recipe
    ) -> AbstractContextManager[Flow]:
        """Give a snapshot's stream, whole or since a base; raise Failed unless all of it came."""

    def resuming(self, token: str, recipe: Recipe) -> AbstractContextManager[Flow]:
        """Give the rest of a stream that broke off; raise Failed unless all of it came."""

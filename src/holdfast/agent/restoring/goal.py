"""What a restore was told to make: an image file or a dataset, new or in the place of another."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterator, NamedTuple

from holdfast.agent import locks, names, places, stores
from holdfast.agent.backups import marker
from holdfast.agent.definition import GuestAgent
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import claims
from holdfast.agent.kinds import storage
from holdfast.agent.places import lies_in

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.setup.survey import Survey

IMAGE, DATASET = "image", "dataset"


class Goal(NamedTuple):
    """A place of one kind; what is there goes only if that was said in so many letters."""

    kind: str
    place: str
    replaces: bool
    guest: GuestAgent | None = None

    @classmethod
    def from_fields(cls, given: Fields) -> Goal:
        """Return the goal that a request tells; raise Malformed for none."""
        kind, place = given.one_of("kind", IMAGE, DATASET), given.text("place")
        if kind == DATASET:
            if not names.is_dataset(place):
                raise given.refusal("place", "the name of a dataset")
        elif not place.startswith("/") or os.path.normpath(place) != place or "\0" in place:
            raise given.refusal("place", "an absolute path in its plain form")
        replaces = given.text_or_none("destroys") == place
        return cls(kind, place, replaces, GuestAgent.from_fields(given))

    def refuse_storage(self, survey: Survey) -> None:
        """Raise Failed for a place among backups, where nothing but backups belongs; or of ours."""
        if self.kind == IMAGE:
            self._refuse_path(survey.layout)
            return
        for name, attributes in storage.read(survey)[0].items():
            if isinstance(attributes, dict) and attributes.get("kind") == stores.DATASET:
                place = str(attributes["place"])
                if lies_in(self.place, place) or lies_in(place, self.place):
                    raise Failed(
                        "%s lies in storage %s (%s), or holds it: nothing is restored among "
                        "backups" % (self.place, name, place)
                    )

    def _refuse_path(self, layout: Layout) -> None:
        path = layout.under(self.place)
        if why := places.refusal(self.place):
            raise Failed("%s %s: nothing is restored there" % (self.place, why))
        if among := marker.above(path, layout.root):
            raise Failed(
                "%s lies in the storage at %s: nothing is restored among backups" % (path, among)
            )

    @contextlib.contextmanager
    def alone(self, layout: Layout) -> Iterator[int]:
        """Keep backups of the target, and other restores to it, away for the time.

        Gives the lock's descriptor: a child that takes it over holds it as well.
        """
        lock = locks.take(os.path.join(layout.run, claims.source(layout, self.kind, self.place)))
        if lock is None:
            raise Failed("%s is being backed up or restored: try again after that" % self.place)
        try:
            yield lock
        finally:
            os.close(lock)

"""One backup that somebody named, found where it lies. Must not: change anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import stores
from holdfast.agent.backups import bases, listing, marker, signature
from holdfast.agent.backups.appliance import Appliance
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import settings
from holdfast.agent.kinds import storage

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.backups.total import Sum
    from holdfast.agent.layout import Layout
    from holdfast.agent.setup.survey import Survey

ACCEPTED = "unsigned"
_DOUBTED = (
    "a node that keeps backups here, too, is known by `shared: true` of the storage; else look "
    "whose it is: what you trust is taken with --accept " + ACCEPTED
)


class Absent(Failed):
    """There is no such backup."""


class Lying(NamedTuple):
    """A backup where it lies, in a storage whose marker was seen; nobody may know whose it is."""

    layout: Layout
    storage: str
    place: str
    folder: str
    backup: Backup
    parent: str  # of a backup in a dataset: the storage's


class Found(NamedTuple):
    """A backup whose manifest can be read, in a storage whose marker was seen."""

    layout: Layout
    owners: tuple[str, ...]
    storage: str
    place: str
    folder: str
    backup: Backup
    manifest: Manifest
    parent: str = ""  # of a backup in a dataset: the storage's

    @property
    def name(self) -> str:
        """The full name: `web01:1/daily-20261121_020000`."""
        return self.backup.name

    @property
    def file(self) -> str:
        """The path of what is stored; raise Failed for a snapshot, which is none."""
        if self.parent:
            where = "%s/%s" % (self.parent, self.name.partition("/")[0].replace(":", "/disk"))
            raise Failed(
                "%s is a snapshot below %s, no file: `zfs send` gives its stream"
                % (self.name, where)
            )
        return os.path.join(self.folder, self.manifest.file)

    def part(self, name: object) -> tuple[str, Sum]:
        """Return the path of a file of this backup and what it holds: the first, or a part's."""
        manifest = self.manifest
        if not name:
            return self.file, manifest.stored
        if isinstance(manifest.subject, Appliance):
            for part in manifest.subject.parts:
                if part.name == name:
                    return os.path.join(self.folder, part.file), part.stored
        raise Failed("%s has no part %s" % (self.name, str(name)[:40]))

    def refuse_foreign(self) -> None:
        """Raise Failed for a backup of another inventory: we read those and change nothing."""
        if self.manifest.inventory not in self.owners:
            raise Failed(
                "%s is of the inventory %s: only that one changes it"
                % (self.name, self.manifest.inventory)
            )

    def refuse_untrusted(self, accepted: object) -> None:
        """Raise Failed unless this node vouches for the manifest.

        `unsigned` accepts one of nobody, or of nobody known here; one that was altered, or that
        lies in the place of another's, is refused whatever is accepted.
        """
        misplaced = listing.misplaced(self.name.rpartition("/")[0], self.manifest)
        if misplaced:
            raise Failed("%s is not what it seems: %s" % (self.name, misplaced))
        try:
            signature.check(self.manifest.to_document(), signature.trusted_keys(self.layout))
        except signature.Altered as error:
            raise Failed("%s is not what it was: %s" % (self.name, error)) from None
        except signature.Untrusted as error:
            if accepted != ACCEPTED:
                hint = (
                    "a node that keeps backups here, too, is known by `shared: true` of the storage"
                )
                rest = "else look whose it is; what you trust is taken with --accept " + ACCEPTED
                raise Failed("%s: %s (%s; %s)" % (self.name, error, hint, rest)) from None

    def refuse_lost(self) -> None:
        """Raise Failed for a backup of which something is missing."""
        if self.backup.status != listing.OK:
            hint = "; where it has come back, verify it again" if self.backup.state.verified else ""
            raise Failed("%s is lost: %s%s" % (self.name, self.backup.fault, hint))


def find(survey: Survey, name: str, full_name: str) -> Found:
    """Return a backup of a storage by its full name, or raise Failed saying what is not there."""
    return read(look(survey, name, full_name))


def read(there: Lying) -> Found:
    """Return a backup that was looked up; raise Failed where its manifest cannot be read."""
    backup = there.backup
    if backup.manifest is None:
        raise Failed(
            "%s has no manifest that can be read: %s; put a good copy of it back in %s, or "
            "`backup delete` it" % (backup.name, backup.fault, there.folder)
        )
    layout, storage, place, folder, _, parent = there
    owners = settings.load(layout).owners
    return Found(layout, owners, storage, place, folder, backup, backup.manifest, parent)


def look(survey: Survey, name: str, full_name: str) -> Lying:
    """Return where a backup lies, or raise Failed saying what is not there."""
    known, _ = storage.read(survey)
    attributes = known.get(name)
    if not isinstance(attributes, dict):
        raise Failed("there is no storage %s on this node" % name)
    state = attributes.get("marker")
    if state != marker.OK:
        raise Failed("storage %s: its marker is %s: is it mounted?" % (name, state))
    kind, declared = str(attributes["kind"]), str(attributes["place"])
    place = survey.layout.under(declared)
    top, missing = stores.manifests(survey.layout, kind, declared)
    folder = os.path.join(top, listing.folder_of(full_name))
    for there in listing.in_folder(top, folder, missing):
        if there.name == full_name:
            break
    else:
        raise Absent("there is no backup %s in storage %s" % (full_name, name))
    parent = declared if kind == stores.DATASET else ""
    return Lying(survey.layout, name, place, folder, there, parent)


def base_of(found: Found) -> Found | None:
    """Return the base of an incremental; None of a full backup, or where it cannot be found."""
    for there in listing.in_folder(found.place, found.folder):
        if there.manifest is not None and there.manifest.backup == found.manifest.base:
            return found._replace(backup=there, manifest=there.manifest)
    return None


def base_fault(found: Found) -> str:
    """Return why a backup that is all there cannot be restored for want of its base."""
    if found.manifest.base is None:
        return ""
    base = base_of(found)
    return bases.fault(found.manifest, None if base is None else base.backup)


def anywhere(survey: Survey, full_name: str) -> Found:
    """Return a backup by its name from whichever storage holds it."""
    unseen: list[Failed] = []
    for name in storage.read(survey)[0]:
        try:
            return find(survey, name, full_name)
        except Absent:
            continue
        except Failed as error:
            unseen.append(error)
    if unseen:
        raise unseen[0]  # it may well lie there
    raise Absent("there is no backup %s in the storages of this node" % full_name)

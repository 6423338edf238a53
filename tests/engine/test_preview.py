"""The preview of a retention: what rotation does, run by run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.backups.test_manifest import made, typed
from holdfast.agent import timestamp
from holdfast.agent.backups import bases, listing
from holdfast.agent.backups.listing import Backup
from holdfast.agent.backups.retention import Rule
from holdfast.agent.backups.state import Lock
from holdfast.agent.jobs import rotation
from holdfast.engine.preview import Policy, preview
from holdfast.engine.stock import Held, Stored

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)

kept = st.builds(
    lambda last, daily, weekly: {"last": last, "daily": daily, "weekly": weekly},
    *(st.integers(1, 4) for _ in range(3)),
)
ends = st.none() | st.integers(-5, 60).map(lambda hours: NOW + hours * HOUR)
existing = st.lists(
    st.tuples(st.integers(0, 500), st.booleans(), st.lists(ends, max_size=1), st.booleans()),
    max_size=8,
)


def stored(backup: Backup, approved: frozenset[str]) -> Stored:
    """Return what a node would tell of a backup."""
    assert backup.manifest is not None
    told = backup.manifest
    locks = [backup.lock] if backup.lock else []
    return Stored(
        backup.name, "bkp01", "nas", told.definition, backup.status,
        timestamp.to_text(told.created), 4, "", owned=True, locked=bool(locks), fault="",
        sequence=told.sequence, base=told.base, file=told.file,
        locks=tuple(
            Held("hand", lock.reason, timestamp.to_text(lock.until) if lock.until else "", "")
            for lock in locks
        ),
        approved=backup.name in approved,
        vouched=backup.vouched,
    )  # fmt: skip


def backup(
    sequence: int,
    age: int,
    good: bool,  # noqa: FBT001
    locks: list[datetime | None],
    base: str | None = None,
) -> Backup:
    name = f"weekly-20261101_{sequence:06d}"
    manifest = made(
        backup=name,
        file=name + ".img",
        sequence=sequence,
        created=NOW - age * HOUR,
        kind="full" if base is None else "incremental",
        base=base,
    )
    lock = Lock("audit", locks[0]) if locks else None
    is_lost = not good and sequence % 2 == 0  # the others are there, and nobody vouches for them
    found = Backup(f"web01:2/{name}", manifest, listing.LOST if is_lost else listing.OK, lock)
    return found._replace(vouched=good or is_lost)


@settings(max_examples=60, deadline=None)
@given(existing, kept, st.integers(0, 12), st.integers(1, 5))
def test_it_is_what_rotation_does(
    drawn: list[tuple[int, bool, list[datetime | None], bool]],
    rule: dict[str, int],
    runs: int,
    every: int,
) -> None:
    before: list[Backup] = []
    for n, (age, good, locks, _) in enumerate(drawn, 1):
        before.append(backup(n, age, good, locks, _base(before, every)))
    agreed = frozenset(b.name for b, (*_, yes) in zip(before, drawn, strict=True) if yes)
    wanted = typed(retention=rule, timezone="Europe/Prague")
    fires = tuple(NOW + (number + 1) * 5 * HOUR for number in range(runs))
    held = list(before)
    for number, moment in enumerate(fires, len(before) + 1):
        fresh = backup(number, 0, good=True, locks=[], base=_base(held, every, number))
        assert fresh.manifest is not None
        held.append(fresh._replace(manifest=fresh.manifest._replace(created=moment)))
        gone = rotation.decide(tuple(held), wanted, agreed, 1, moment).removed
        held = [b for b in held if b not in gone]
    policy = Policy("weekly@web01:2", Rule(**rule), "Europe/Prague", fires, every)
    end = fires[-1] if fires else NOW
    told = preview([stored(b, agreed) for b in before], policy, end)
    left = {fate.name for fate in told.fates if fate.fate != "gone"}
    assert left == {b.name for b in held if b in before}
    dropped = rotation.decide(tuple(held), wanted, agreed, 0, end)
    names = {b.name for b in (*dropped.removed, *dropped.waiting)}
    assert {fate.name for fate in told.fates if fate.fate == "dropped"} == names & left
    assert all(fate.reason for fate in told.fates)


def _base(held: list[Backup], every: int, number: int = 0) -> str | None:
    """Return the base that a run chooses."""
    following = number or len(held) + 1
    base = bases.choose(held, every, following, ()).base
    return None if base is None else base.backup

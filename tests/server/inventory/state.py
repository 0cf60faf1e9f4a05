"""The whole of an event as its tables and its mirrors have it, against the model."""

import uuid
from collections.abc import Mapping
from typing import Any

from server.inventory.mirror import LEG_SHIFT, Mirror
from tests.server.inventory.engine import Stage
from tests.server.inventory.model import Hold, Model

_STATUS = {"active": 1, "over": 1, "converted": 2, "blocked": 3}
_SEATS = """SELECT leg, seat_idx, status, version, hold_id, changed_at_version
            FROM seats WHERE event_id = $1"""
_POOLS = "SELECT pool_idx, leg, held, sold, blocked FROM pools WHERE event_id = $1"
_HOLDS = """SELECT id, CASE WHEN status = 'active' AND expires_at <= now() THEN 'over'
                            ELSE status END AS status, places, seat_idxs
            FROM holds WHERE event_id = $1"""
_CLOCK = "SELECT version FROM event_clock WHERE event_id = $1 AND stream = 'inventory'"
_JOURNAL = "SELECT version, places FROM inventory_changes WHERE event_id = $1 ORDER BY version"


async def compare(
    stage: Stage,
    event_id: uuid.UUID,
    model: Model,
    holds: Mapping[uuid.UUID, Hold],
    forgotten: int,
) -> None:
    """Raises AssertionError where anything differs. `holds`: the model's, by their real ids;
    `forgotten`: the journal was emptied at that version."""

    async def rows(sql: str) -> list[Any]:
        return await stage.connection.fetch(sql, event_id)

    seats = await rows(_SEATS)
    assert await stage.connection.fetchval(_CLOCK, event_id) == model.version
    journal = [(row["version"], _legs(row["places"])) for row in await rows(_JOURNAL)]
    changes = [(nth, sorted(places)) for nth, places in enumerate(model.changes, 1)]
    assert journal == changes[forgotten:]
    _compare_seats(seats, model, {id(hold): hold_id for hold_id, hold in holds.items()})
    for pool, leg, *counts in await rows(_POOLS):
        held = model.used(pool, leg, "active", "over")
        sold, blocked = model.used(pool, leg, "converted"), model.blocked.get((pool, leg), 0)
        assert counts == [held, sold, blocked], (pool, leg)
    found = {row["id"]: row for row in await rows(_HOLDS)}
    assert found.keys() == holds.keys()
    for hold_id, hold in holds.items():
        assert found[hold_id]["status"] == hold.status
        if hold.status != "converted":  # from then on its order says who sits where
            assert set(found[hold_id]["seat_idxs"]) == hold.seats
        assert found[hold_id]["places"] == len(hold.seats) + sum(hold.pools.values())
    for instance in stage.instances:
        mirror = instance.inventory.combiner.mirrors.of(event_id)
        assert mirror.version <= model.version
        if mirror.version == model.version:
            _compare_mirror(mirror, seats, model)


def _legs(places: list[int]) -> list[tuple[int, int]]:
    return sorted((place >> LEG_SHIFT, place & (1 << LEG_SHIFT) - 1) for place in places)


def _compare_seats(seats: list[Any], model: Model, ids: Mapping[int, uuid.UUID]) -> None:
    changed = {place: nth for nth, places in enumerate(model.changes, 1) for place in places}
    for row in seats:
        place = row["leg"], row["seat_idx"]
        owner = model.owners.get(place)
        assert row["status"] == (0 if owner is None else _STATUS[owner.status]), place
        assert row["hold_id"] == (ids[id(owner)] if owner and row["status"] == 1 else None), place
        assert row["version"] == model.versions.get(place, 0), place
        assert row["changed_at_version"] == changed.get(place, 0), place


def _compare_mirror(mirror: Mirror, seats: list[Any], model: Model) -> None:
    for row in seats:
        leg, seat = row["leg"], row["seat_idx"]
        assert mirror.states[leg][seat] == row["status"], (leg, seat)
        assert mirror.versions[leg][seat] == row["version"], (leg, seat)
    for at, rooms in enumerate(mirror.pools.values()):
        for room in rooms:
            assert room.left == model.left(at, room.leg), (at, room)

"""The verbs of the waiting room: open it, stand in line, come in, go."""

import uuid
from collections.abc import Mapping, Sequence

from server import audit
from server.admission import room, sql
from server.admission.line import Line
from server.admission.models import RoomMoved, RoomState, RoomWish, Turn, WaitingRoom
from server.catalog import service as catalog
from server.catalog.service import Catalog
from server.kernel import context, idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, DomainError, NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.tenancy import Across
from server.outbox import service as outbox
from server.outbox.models import Fact

TURNS_KEPT_DAYS = 7
"""After an event has begun."""
_NEVER = RoomWish(is_on=False)
"""How an event lets people in that never had a waiting room; its version is 0."""


class Admission:
    """Waiting rooms, as organizers and buyers ask for them."""

    def __init__(self, db: Database, catalog_: Catalog) -> None:
        self._db, self._catalog = db, catalog_
        self._line = Line(db)

    async def room(self, org_id: str, event_id: uuid.UUID) -> WaitingRoom:
        """Of an organization's own event. Raises NotFound."""
        await self._own(org_id, event_id)
        async with self._db.tx(read_only=True) as tx:
            return await _room(tx, event_id)

    async def set_room(
        self, org_id: str, event_id: uuid.UUID, wish: RoomWish, key: Key | None
    ) -> WaitingRoom:
        """From now on people come in like this; other processes know within seconds. Who waits
        keeps their number, who is inside their pass. Raises BadRequest, NotFound."""
        await self._own(org_id, event_id)
        if wish.is_on and wish.per_minute is None and wish.at_once_max is None:
            raise BadRequest("a waiting room that is on needs per_minute, at_once_max, or both")

        async def act(tx: Tx) -> WaitingRoom:
            version = await sql.SET_ROOM.value(
                tx, event_id, org_id, wish.is_on, wish.per_minute, wish.at_once_max,
                wish.pass_ttl_s,
            )  # fmt: skip
            await catalog.set_waiting_room(tx, event_id, wish.is_on)
            facts = {
                "event_id": str(event_id),
                "is_on": wish.is_on,
                "per_minute": wish.per_minute,
                "at_once_max": wish.at_once_max,
                "pass_ttl_s": wish.pass_ttl_s,
            }
            subject = f"event:{event_id}"
            await audit.record(tx, org_id, "waiting_room.updated", subject=subject, data=facts)
            await outbox.append(tx, Fact("admission.room.changed", org_id, subject, facts))
            tx.announce(RoomMoved(event_id, version))
            return await _room(tx, event_id)

        async with self._db.tx() as tx:
            outcome = await idempotency.settle(tx, key, WaitingRoom, act)
        self._catalog.forget(event_id)
        if isinstance(outcome, DomainError):
            raise outcome
        return outcome

    async def join(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> Turn:
        """The buyer's turn: the one that they have, or a new one at the end of the line. Where
        there is room they come in at once. Raises WaitingRoomOff, NotFound, Overloaded."""
        await self._act_for(event_id)
        return await self._line.join(event_id, buyer_id)

    async def turn(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> Turn | None:
        """The buyer's latest turn at the event, if they ever had one. Raises NotFound."""
        await self._act_for(event_id)
        async with self._db.tx(read_only=True) as tx:
            found = await sql.TURNS.first(tx, event_id, [buyer_id])
            if found is None:
                return None
            row = await sql.ROOM.first(tx, event_id)
        assert row is not None, "a turn is of a room"
        return room.turn(row, found)

    async def leave(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
        """Give the turn or the pass up; without one, nothing. Raises NotFound."""
        await self._act_for(event_id)
        async with self._db.tx() as tx:
            await end_turn(tx, event_id, buyer_id)

    async def may_enter(self, event_id: uuid.UUID, buyer_id: uuid.UUID) -> bool:
        """Whether the buyer has a pass now, or needs none: for who makes holds."""
        await self._act_for(event_id)
        async with self._db.tx(read_only=True) as tx:
            return await sql.MAY_ENTER.value(tx, event_id, buyer_id)

    async def move(self) -> int:
        """Let in, at every event, whoever may come in now. Returns at how many events people
        wait. Any number of workers may do this."""
        async with self._db.tx(read_only=True, across=Across.PLATFORM) as tx:
            busy = await sql.BUSY.values(tx)
        for event_id in busy:
            async with self._db.tx(across=Across.PLATFORM) as tx:
                row = await sql.LOCK_IDLE_ROOM.first(tx, event_id)
                if row is not None:  # else somebody else moves it at this moment
                    await room.let_in(tx, row)
            failpoint("admission.moved")
        return len(busy)

    async def _act_for(self, event_id: uuid.UUID) -> None:
        """Whose event it is, its waiting room is."""
        context.act_for((await self._catalog.event(event_id)).org_id)

    async def _own(self, org_id: str, event_id: uuid.UUID) -> None:
        event = await self._catalog.event(event_id)
        if event.org_id != org_id:
            raise NotFound("no such event")


async def end_turn(tx: Tx, event_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
    """The buyer has what they came for, or goes: somebody else may come in."""
    await sql.LEAVE.run(tx, event_id, buyer_id)


async def forget(tx: Tx) -> int:
    """Delete some turns of events that are over. Returns how many."""
    return await sql.FORGET.run(tx, TURNS_KEPT_DAYS)


async def state(db: Database, event_id: uuid.UUID) -> tuple[int, RoomState]:
    """The version and the state of the channel `queue`."""
    async with db.tx(read_only=True, across=Across.FEED) as tx:
        row = await sql.ROOM.first(tx, event_id)
    if row is None:
        return 0, RoomState(False, 0, None, None, _NEVER.pass_ttl_s)
    return row.version, RoomState(
        row.is_on, row.served_up_to, row.per_minute, row.at_once_max, row.pass_ttl_s
    )


async def versions(db: Database, event_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Of the channels `queue` of these events."""
    async with db.tx(read_only=True, across=Across.FEED) as tx:
        rows = await sql.VERSIONS.all(tx, event_ids)
    return dict.fromkeys(event_ids, 0) | {row.event_id: row.version for row in rows}


async def _room(tx: Tx, event_id: uuid.UUID) -> WaitingRoom:
    row = await sql.ROOM.first(tx, event_id)
    if row is None:
        return WaitingRoom(event_id, False, None, None, _NEVER.pass_ttl_s, 0, 0, 0, 0)
    return WaitingRoom(
        event_id=event_id,
        is_on=row.is_on,
        per_minute=row.per_minute,
        at_once_max=row.at_once_max,
        pass_ttl_s=row.pass_ttl_s,
        joined=row.joined,
        served_up_to=row.served_up_to,
        inside=await sql.INSIDE.value(tx, event_id),
        version=row.version,
    )

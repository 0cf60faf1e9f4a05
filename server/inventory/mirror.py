"""An event's inventory in this process's memory, so that a batch is decided without asking.

A mirror is the committed state at one version; what is decided on it is written under the condition
that the event still has that version, so a mirror that is behind costs a second look and never a
seat. Commits of this process move it forward themselves; those of others are read from the journal.
"""

import time
import uuid
from array import array
from collections import OrderedDict
from collections.abc import Container
from typing import Any, NamedTuple, Protocol

import msgspec

from server.catalog import service as catalog
from server.catalog.models import TableMode
from server.inventory import sql
from server.inventory.best import House
from server.inventory.models import Recount
from server.kernel.db import Tx

LEG_SHIFT = 20
MIRRORS_MAX = 64
_SEAT = (1 << LEG_SHIFT) - 1


class Undoable(Protocol):
    def undo(self) -> None: ...


class Base(NamedTuple):
    """What something is decided on: a version, and one of its holds where it is on its way itself,
    for another process may make a version of that number instead."""

    version: int
    after: uuid.UUID | None = None


class Room(msgspec.Struct, gc=False):
    """A standing area on one leg; `used`: held, sold and blocked places."""

    id: uuid.UUID
    leg: int
    capacity: int
    used: int

    @property
    def left(self) -> int:
        return self.capacity - self.used


class Mirror:
    """`states` and `versions`: per leg, by seat index. `pools`: by the pool's id, one Room a leg.

    `house`: the map, once somebody needs to know who sits beside whom; `tables`: as of its version,
    how tables are sold that are not simply sold chair by chair. `ahead`: in order, what was decided
    on it and is not known to be committed; it is undone before the mirror becomes something else
    than was assumed.
    """

    def __init__(self, event_id: uuid.UUID) -> None:
        self.event_id = event_id
        self.version = -1
        self.states: list[bytearray] = []
        self.versions: list[array[int]] = []
        self.pools: dict[uuid.UUID, list[Room]] = {}
        self.house: House | None = None
        self.tables: dict[int, TableMode] = {}
        self.map_id: uuid.UUID | None = None
        self._ruled_at_version = -1
        self._knows_map = False
        self.due_at: float | None = None
        self.ahead: list[Undoable] = []
        self._sent: Base | None = None
        self._database_ahead_s = 0.0

    def saw(self, database_now: float, due_at: float | None) -> None:
        """The database's clock, epoch seconds, as a statement that just returned had it."""
        self._database_ahead_s = database_now - time.monotonic()
        self.due_at = due_at

    @property
    def is_due(self) -> bool:
        """Whether a hold has ended that the database does not show as ended yet."""
        now = time.monotonic() + self._database_ahead_s
        return self.due_at is not None and self.due_at <= now

    @property
    def knows_rules(self) -> bool:
        return self._knows_map and (self.house is None or self._ruled_at_version >= 0)

    def meet(self, map_id: uuid.UUID, house: House | None) -> None:
        """What is asked for from now on is of this map: it may have places that are not here yet.

        `house`: of it, where there is one to know already. A map with fewer seats is an older one.
        """
        if house is None or (
            self.house is not None and house.places.seat_count < self.house.places.seat_count
        ):
            house = self.house
        if self.map_id != map_id or self.house is not house:
            self.map_id, self.house = map_id, house
            self._knows_map, self._ruled_at_version = False, -1

    def view(self, first_leg: int, last_leg: int) -> bytearray:
        """States by seat index; over several legs a seat is available if it is on all of them."""
        if first_leg == last_leg:
            return self.states[first_leg]
        return bytearray(map(max, *self.states[first_leg : last_leg + 1]))

    @property
    def next_base(self) -> Base:
        """What the next thing sent is decided on."""
        if self._sent is not None and self._sent.version > self.version:
            return self._sent
        return Base(self.version)

    def sends(self, version: int, hold_id: uuid.UUID) -> None:
        """What is on its way now is to be `version`, with this hold."""
        self._sent = Base(version, hold_id)

    def reached(self, version: int) -> None:
        """What was sent is committed; of two that were, the second may be heard of first."""
        self.version = max(self.version, version)

    def settle(self) -> None:
        """Be the committed state again, with nothing decided ahead of time on top."""
        for decided in self.ahead:
            decided.undo()
        self.ahead.clear()
        self._sent = None

    def forget(self) -> None:
        """Nobody knows what became of a transaction: read everything again."""
        self.settle()
        self.version = self._ruled_at_version = -1

    async def sync(self, tx: Tx) -> None:
        """Be what `tx` sees."""
        self.settle()
        clock = await sql.MIRROR_CLOCK.first(tx, self.event_id, self.version)
        assert clock is not None, "an event that sells has a clock"
        self.saw(clock.now, clock.due_at)
        if clock.version < self.version:  # another history: the database was restored
            self.version = self._ruled_at_version = -1
        if self.house is not None and clock.ruled_at_version != self._ruled_at_version:
            self.tables = await catalog.table_modes(tx, self.event_id, self.house.places)
            self._ruled_at_version = clock.ruled_at_version
        if clock.mapped_at_version > self.version:  # another map, and it may have more seats
            self.version = -1
        self._knows_map = True
        if clock.version == self.version:
            return
        if self.version < 0:
            await self._measure(tx)
        if self.version >= 0 and clock.noted == clock.version - self.version:
            rows = await sql.NOTED_SEATS.all(tx, self.event_id, self.version)
        else:
            rows = await sql.VERSIONED_SEATS.all(tx, self.event_id, max(self.version, 0))
        for row in rows:
            self.states[row.leg][row.seat_idx] = row.status
            self.versions[row.leg][row.seat_idx] = row.version
        await self._read_pools(tx)
        self.version = clock.version

    async def _measure(self, tx: Tx) -> None:
        extent = await sql.EXTENT.first(tx, self.event_id)
        assert extent is not None
        self.states = [bytearray(extent.seats) for _ in range(extent.legs)]
        self.versions = [array("i", bytes(4 * extent.seats)) for _ in range(extent.legs)]

    async def _read_pools(self, tx: Tx) -> None:
        self.pools = {}
        for row in await sql.ROOMS.all(tx, self.event_id):
            room = Room(row.id, row.leg, row.capacity, row.used)
            self.pools.setdefault(row.id, []).append(room)

    def apply(self, recount: Recount) -> None:
        """Move on with a commit of this process, if it is the very next one."""
        self.settle()
        if recount.version != self.version + 1:
            return
        for place, status in recount.places:
            leg, seat = place >> LEG_SHIFT, place & _SEAT
            self.states[leg][seat] = status
            self.versions[leg][seat] += 1
        for pool_id, leg, used in recount.pools:
            self.pools[pool_id][leg].used = used
        self.version = recount.version


class Mirrors:
    """The mirrors of one process: of the events whose places were last asked for."""

    def __init__(self) -> None:
        self._mirrors: OrderedDict[uuid.UUID, Mirror] = OrderedDict()

    def of(self, event_id: uuid.UUID) -> Mirror:
        mirror = self._mirrors.get(event_id)
        if mirror is None:
            mirror = self._mirrors[event_id] = Mirror(event_id)
        self._mirrors.move_to_end(event_id)
        return mirror

    def drop_some(self, in_use: Container[uuid.UUID]) -> None:
        """Forget the events that were longest not asked for, where there are too many."""
        for event_id in [*self._mirrors][: max(0, len(self._mirrors) - MIRRORS_MAX)]:
            if event_id not in in_use:
                del self._mirrors[event_id]

    def hear(self, fact: Any) -> None:
        """`Database.listeners`: a commit of this process."""
        if isinstance(fact, Recount) and fact.event_id in self._mirrors:
            self._mirrors[fact.event_id].apply(fact)

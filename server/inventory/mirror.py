"""What the lane of an event knows of its seats, so that "the best four" is decided where holds are.

A mirror is the committed state at one version. Inside an exclusive transaction it is brought to
the transaction's own snapshot, so what it says is free is free.
"""

import uuid
from collections.abc import Sequence

import msgspec

from server.inventory import clock, sql
from server.inventory.best import House
from server.inventory.models import HELD, HoldWanted, NotTogether
from server.kernel.db import Tx
from server.kernel.errors import DomainError


class _Mirror:
    def __init__(self, house: House) -> None:
        self.house = house
        self.version = 0
        self.states = bytearray(len(house.zones))

    async def sync(self, tx: Tx, event_id: uuid.UUID) -> None:
        version = await clock.now(tx, event_id, "inventory") or 0
        if version < self.version:  # another history: the database was restored
            self.version, self.states = 0, bytearray(len(self.states))
        if version > self.version:
            for row in await sql.CHANGED_SEATS.all(tx, event_id, self.version):
                self.states[row.seat_idx] = row.status
            self.version = version


class Mirrors:
    """The mirrors of one process, by event; made when somebody first asks for the best."""

    def __init__(self) -> None:
        self._mirrors: dict[uuid.UUID, _Mirror] = {}

    def knows(self, event_id: uuid.UUID) -> bool:
        return event_id in self._mirrors

    def learn(self, event_id: uuid.UUID, house: House) -> None:
        """Before the first request for the best seats of an event."""
        self._mirrors[event_id] = _Mirror(house)

    async def name_best(
        self, tx: Tx, event_id: uuid.UUID, batch: Sequence[HoldWanted]
    ) -> tuple[list[HoldWanted], dict[uuid.UUID, DomainError]]:
        """Requests with their best seats named, in arrival order, and those that found none.

        What an earlier request of the batch names is left to it, whether or not it wins.
        """
        if not any(wanted.best for wanted in batch):
            return list(batch), {}
        mirror = self._mirrors[event_id]
        await mirror.sync(tx, event_id)
        states = bytearray(mirror.states)
        named: list[HoldWanted] = []
        apart: dict[uuid.UUID, DomainError] = {}
        for wanted in batch:
            seats = list(wanted.selection.seats)
            for seat in seats:
                states[seat] = HELD
            best = wanted.best
            if best is not None:
                house = mirror.house
                zones = None if best.zone is None else (house.zone_of_key[best.zone],)
                found = house.best(states, best.quantity, zones=zones, access=best.access)
                if found is None:
                    apart[wanted.hold_id] = NotTogether(best.quantity)
                    continue
                seats += found
                for seat in found:
                    states[seat] = HELD
            selection = msgspec.structs.replace(wanted.selection, seats=seats)
            named.append(msgspec.structs.replace(wanted, selection=selection))
        return named, apart

"""The truth of every channel, read from Postgres."""

import uuid
from collections.abc import Mapping, Sequence

from realtime import Delta, Model, Position
from server.admission import service as admission
from server.catalog.service import Catalog
from server.inventory import clock
from server.kernel import deployment
from server.kernel.db import Database
from server.live import queue, sales, scans, seats
from server.live.keyed import KeyedModel
from server.live.names import STREAM_OF, split


class LiveSource:
    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db, self._catalog = db, catalog
        self._sales = sales.Boards(db, catalog)
        self._epoch = 0

    async def epoch(self) -> int:
        async with self._db.tx(read_only=True) as tx:
            self._epoch = await deployment.epoch(tx)
        return self._epoch

    async def load(self, channel: str) -> Model:
        """Raises LookupError for an event that has nothing to show."""
        event_id, kind = split(channel)
        epoch = await self.epoch()
        if kind == "seats":
            return await seats.load(self._db, epoch, event_id, self._catalog)
        if kind == "sales":
            read = await self._sales.read(epoch, event_id)
            return KeyedModel(epoch, read.version, read.state, sales.KEY_OF, {})
        if kind == "queue":
            version, state = await queue.read(self._db, event_id)
            return KeyedModel(epoch, version, state, {}, {})
        version, state = await scans.read(self._db, event_id)
        return KeyedModel(epoch, version, state, scans.KEY_OF, scans.KEPT)

    async def changes(self, channel: str, since: int) -> Delta | None:
        event_id, kind = split(channel)
        if kind == "seats":
            return await seats.changes(self._db, self._epoch, event_id, since)
        if kind == "sales":
            read = await self._sales.read(self._epoch, event_id)
            if since < read.mapped_at_version:
                return None
            version, state = read.version, {name: read.state[name] for name in sales.MOVING}
        elif kind == "queue":
            version, state = await queue.read(self._db, event_id)
        else:
            version, state = await scans.read(self._db, event_id, since)
        return None if version < since else Delta(self._epoch, since, version, state)

    def rest_s(self, channel: str) -> float:
        return sales.REST_S if split(channel)[1] == "sales" else 0.0

    async def versions(self, channels: Sequence[str]) -> Mapping[str, Position]:
        wanted = {channel: split(channel) for channel in channels}
        event_ids = list({event_id for event_id, _ in wanted.values()})
        epoch = await self.epoch()
        rows = await clock.of_events(self._db, event_ids)
        now: dict[tuple[uuid.UUID, str], int] = {(r.event_id, r.stream): r.version for r in rows}
        waited_for = [event_id for event_id, kind in wanted.values() if kind == "queue"]
        if waited_for:
            rooms = await admission.versions(self._db, waited_for)
            now |= {(event_id, STREAM_OF["queue"]): version for event_id, version in rooms.items()}
        return {
            channel: Position(epoch, now[event_id, STREAM_OF[kind]])
            for channel, (event_id, kind) in wanted.items()
            if (event_id, STREAM_OF[kind]) in now
        }

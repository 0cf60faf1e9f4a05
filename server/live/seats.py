"""The seats channel: the state of every seat and standing area, as everybody may see it."""

import base64
import uuid

import msgspec

from realtime import Cells, Delta
from server.catalog.service import Catalog
from server.inventory import state
from server.kernel.db import Database
from server.live import packing
from server.live.packing import Run


class SeatsSnapshot(msgspec.Struct):
    """`s`: two bits a seat, base64, seat i at bits 2(i mod 4) of byte i div 4; or the runs of seats
    that are not available, whichever is shorter. `g`: places left per pool. `m`: the version of
    the map that they are on; where another is drawn, the event and its map are to be read again.
    0 available, 1 held, 2 sold, 3 blocked."""

    e: int
    v: int
    n: int
    m: uuid.UUID
    s: str | list[Run]
    g: list[int]


class _SeatsDelta(msgspec.Struct):
    p: int
    v: int
    s: list[tuple[int, int]]
    g: list[tuple[int, int]]


class SeatsModel:
    """Seats 0..n-1 and after them the pools, as numbered cells."""

    def __init__(self, epoch: int, seats: int, pools: int, read: state.State) -> None:
        self.epoch = epoch
        self._seats = seats
        self._map_id, self._mapped_at_version = read.map_id, read.mapped_at_version
        values, versions = [0] * (seats + pools), [0] * (seats + pools)
        for row in read.seats:
            values[row.seat_idx] = row.status
            versions[row.seat_idx] = row.changed_at_version
        for pool in read.pools:
            values[seats + pool.pool_idx] = pool.available
            versions[seats + pool.pool_idx] = pool.changed_at_version
        self._cells = Cells(values, read.version, versions)

    @property
    def version(self) -> int:
        return self._cells.version

    def apply(self, delta: Delta) -> None:
        seats, pools = delta.data
        shift = self._seats
        self._cells.apply(seats, delta.version)
        self._cells.apply([(shift + idx, left) for idx, left in pools], delta.version)

    def state_of(self, seat_idx: int) -> int:
        return self._cells.values[seat_idx]

    def view(self) -> SeatsSnapshot:
        states = self._cells.values[: self._seats]
        runs = packing.runs_of(states)
        # A run costs about ten characters of JSON, a packed seat a third of one.
        packed = len(runs) * 10 > self._seats / 3
        return SeatsSnapshot(
            e=self.epoch,
            v=self.version,
            n=self._seats,
            m=self._map_id,
            s=base64.b64encode(packing.two_bits(states)).decode() if packed else runs,
            g=self._cells.values[self._seats :],
        )

    def snapshot(self) -> bytes:
        return msgspec.json.encode(self.view())

    def _since(self, since: int) -> list[tuple[int, int]] | None:
        """A screen of another map gets a snapshot, which says so."""
        return None if since < self._mapped_at_version else self._cells.since(since)

    def delta(self, since: int) -> bytes | None:
        changed = self._since(since)
        # A change costs about ten characters of JSON, a packed seat a third of one: past one seat
        # in thirty the two-bit snapshot is the shorter answer.
        if changed is None or len(changed) > max(64, self._seats // 30):
            return None
        seats = self._seats
        return msgspec.json.encode(
            _SeatsDelta(
                p=since,
                v=self.version,
                s=[(key, value) for key, value in changed if key < seats],
                g=[(key - seats, value) for key, value in changed if key >= seats],
            )
        )

    def pack_snapshot(self) -> bytes:
        return packing.snapshot(
            self._cells.values[: self._seats], self._cells.values[self._seats :], self._map_id
        )

    def pack_delta(self, since: int) -> bytes | None:
        changed = self._since(since)
        # A change costs about two bytes, a packed seat a quarter of one.
        if changed is None or len(changed) > max(64, self._seats // 8):
            return None
        return packing.delta(changed, self._seats)

    def checksum(self) -> int | None:
        return self._cells.checksum()


async def load(db: Database, epoch: int, event_id: uuid.UUID, catalog: Catalog) -> SeatsModel:
    """Raises LookupError for an event without inventory."""
    read = await state.read(db, event_id, -1)
    if read is None:
        raise LookupError(event_id)
    catalog.saw_map(event_id, read.map_id)
    places = await catalog.places(read.map_id)
    return SeatsModel(epoch, places.seat_count, len(places.geometry.areas), read)


async def changes(db: Database, epoch: int, event_id: uuid.UUID, since: int) -> Delta | None:
    """None where only a load can tell: the event has another map since."""
    read = await state.read(db, event_id, since)
    if read is None or read.version < since or since < read.mapped_at_version:
        return None
    data = (
        [(row.seat_idx, row.status) for row in read.seats],
        [(pool.pool_idx, pool.available) for pool in read.pools],
    )
    return Delta(epoch, since, read.version, data)

"""What is shown of an event now, without following it."""

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from realtime import Position
from realtime.hub import Hub
from server.catalog.geometry import Places
from server.catalog.service import Catalog
from server.inventory.models import STATUS_NAMES
from server.kernel.errors import BadRequest, NotFound
from server.live.names import channel_of
from server.live.seats import SeatsModel
from server.live.source import LiveSource

SeatView = Literal["compact", "list"]
SeatStatus = Literal["available", "held", "sold", "blocked"]


class SeatsQuery(msgspec.Struct):
    view: SeatView = "compact"
    section: str | None = None
    status: SeatStatus | None = None
    page_size: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 200
    next_token: str | None = None


class SeatItem(msgspec.Struct):
    """One seat for people and programs: `idx` is what a hold names, `key` is stable."""

    idx: int
    key: str
    label: str
    section: str | None
    row: str | None
    number: str
    zone: str
    status: str
    price_minor: int
    access: int


class SeatPage(msgspec.Struct):
    items: list[SeatItem]
    version: int
    next_token: str | None


@dataclass(slots=True)
class _Kept:
    position: Position
    model: SeatsModel
    encoded: bytes | None = None


class Live:
    """Reads and streams of one process."""

    def __init__(self, catalog: Catalog, source: LiveSource, hub: Hub) -> None:
        self.catalog, self.source, self.hub = catalog, source, hub
        self._kept: dict[uuid.UUID, _Kept] = {}
        self._locks: dict[uuid.UUID, asyncio.Lock] = {}

    async def seats(self, event_id: uuid.UUID) -> bytes:
        """The state now as JSON of a SeatsSnapshot. Raises NotFound."""
        kept = await self._now(event_id)
        if kept.encoded is None:
            kept.encoded = kept.model.snapshot()
        return kept.encoded

    async def _now(self, event_id: uuid.UUID) -> "_Kept":
        """The state at the version that the database has now, loaded once per version."""
        channel = channel_of(event_id, "seats")
        async with self._locks.setdefault(event_id, asyncio.Lock()):
            position = (await self.source.versions([channel])).get(channel)
            if position is None:
                raise NotFound("this event sells no places")
            kept = self._kept.get(event_id)
            if kept is None or kept.position != position:
                model = await self.source.load(channel)
                assert isinstance(model, SeatsModel)
                kept = _Kept(Position(model.epoch, model.version), model)
                self._kept[event_id] = kept
            return kept

    async def seat_list(self, event_id: uuid.UUID, query: SeatsQuery) -> SeatPage:
        """Seats with names and prices, by index. Raises BadRequest, NotFound."""
        event = await self.catalog.event(event_id)
        places = await self.catalog.places(event.map_id)
        model = (await self._now(event_id)).model
        keys = await self.catalog.seat_keys(event.map_id)
        seats = _seats_after(query, places)
        items: list[SeatItem] = []
        at = next(seats, None)
        while at is not None and len(items) < query.page_size:
            status = STATUS_NAMES[model.state_of(at)]
            if at not in places.removed and query.status in (None, status):
                section, name = places.section_of(at), places.name_of(at)
                items.append(
                    SeatItem(
                        idx=at,
                        key=keys[at],
                        label=name.label,
                        section=section.key if section else None,
                        row=name.row,
                        number=name.number,
                        zone=places.geometry.zones[places.zones[at]].key,
                        status=status,
                        price_minor=event.seat_price(places, at),
                        access=places.access.get(at, 0),
                    )
                )
            at = next(seats, None)
        return SeatPage(items, model.version, None if at is None else str(at))


def _seats_after(query: SeatsQuery, places: Places) -> Iterator[int]:
    """Indexes of the seats that were asked for, in order."""
    first = 0
    ranges = [(0, places.seat_count)]
    if query.section is not None:
        found = [s for s in places.geometry.sections if s.key == query.section]
        if not found:
            raise NotFound("no such section")
        ranges = found[0].ranges
    if query.next_token is not None:
        # A seat's index has few digits, and Python refuses to read thousands of them.
        if not (query.next_token.isdecimal() and len(query.next_token) <= 9):
            raise BadRequest("next_token: take it from the last page as it is")
        first = int(query.next_token)
    return (seat for start, count in ranges for seat in range(max(start, first), start + count))

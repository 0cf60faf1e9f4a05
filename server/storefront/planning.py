"""A new event in three steps: the venue, the map of its seats, what it is and when.

What was chosen stands in the address, so that each step can be gone back to and nothing is kept
before there is an event: `/organizer/events/new?venue=...&version=...`.
"""

import secrets
import uuid
from collections.abc import Sequence
from importlib.resources import files

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventRefused
from server.catalog.events import slug_of
from server.catalog.map_models import (
    DrawingRefused,
    MapExists,
    MapLine,
    MapNotReady,
    NewMap,
    Text,
)
from server.catalog.models import SlugTaken
from server.catalog.venue_models import SharedMap, SharedVenue, VenueView
from server.inventory.openings import EventOpened, EventWish
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Key
from server.orgs import documents
from server.storefront import details, regions
from server.storefront.filling import Filling
from server.storefront.forms import Form, read_form
from server.storefront.pages import Pages
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of
from server.storefront.services import Services
from server.storefront.venues import NO_ZONE, VenuePages, choices

MAPS_LOOKED_AT = 100
NEW = "/organizer/events/new"
SAMPLES = {
    "club": ("Club", "Tables before a stage, a gallery and a standing floor."),
    "theatre": ("Theatre", "Stalls, a balcony and boxes."),
    "arena": ("Arena", "A concert arena for 57,000, with a floor to stand on."),
}
"""Of `seatmap/samples`: name of the map, and what is drawn there."""


class PlanningPages(Portal):
    def __init__(self, parts: Services, pages: Pages, venues: VenuePages) -> None:
        super().__init__(parts, pages)
        self._venues = venues

    async def new(self, request: Request) -> Response:
        """GET /organizer/events/new : the step that comes next."""
        desk = await self._desk(request, "event:manage")
        asked = request.query_params
        if not asked.get("venue"):
            return await self._venue_step(request, desk, await self._venues.blank(desk))
        venue = await self.site(desk, _venue_of(request))
        if not asked.get("version"):
            return await self._map_step(request, desk, venue, Filling({}))
        await self._parts.planning.events.version_of(desk.org_id, _version_of(request))
        async with self._parts.db.tx(read_only=True) as tx:
            settings = await documents.settings_of(tx, desk.org_id)
        filled = details.blank(venue.timezone or NO_ZONE, settings)
        return self._details_step(request, desk, venue, filled)

    async def choose_venue(self, request: Request) -> Response:
        """POST /organizer/events/new/venue : a new venue; leads to its map."""
        desk = await self._desk(request, "event:manage")
        form = await read_form(request)
        filled = Filling.of(form)
        venue = await self._venues.create(desk, filled, key_for(form, request, desk.actor.name))
        if venue is None:
            return await self._venue_step(request, desk, filled)
        return go(desk.at(NEW, venue=venue.id))

    async def choose_map(self, request: Request) -> Response:
        """POST /organizer/events/new/map : `sample`, one of ours, published at once; or a map of
        the name `name`, which goes to the editor and comes back."""
        desk = await self._desk(request, "event:manage")
        venue = await self._parts.planning.venues.get(desk.org_id, _venue_of(request))
        form = await read_form(request)
        filled = Filling.of(form)
        sample = form.get("sample")
        try:
            if sample in SAMPLES:
                version_id = await self._sample(request, desk, venue, form, sample)
                return go(desk.at(NEW, venue=venue.id, version=version_id))
            name = filled.take("name", Text, "Say what the map is called, such as Main hall.")
            if name is not None:
                key = key_for(form, request, desk.actor.name)
                wish = NewMap(name, venue_id=venue.id)
                made = await self._parts.planning.maps.create(desk.org_id, wish, key)
                then = desk.at(NEW, venue=venue.id)
                return go(desk.at(f"/organizer/maps/{made.id}", then=then))
        except (MapExists, DrawingRefused, MapNotReady) as error:
            filled.blame(error, ())
        return await self._map_step(request, desk, venue, filled)

    async def create(self, request: Request) -> Response:
        """POST /organizer/events/new : the draft; leads to its prices."""
        desk = await self._desk(request, "event:manage")
        venue = await self.site(desk, _venue_of(request))
        form = await read_form(request)
        filled = Filling.of(form)
        facts = details.facts_of(filled)
        if filled:
            try:
                wish = EventWish(
                    status="draft",
                    venue_id=venue.id,
                    version_id=_version_of(request),
                    **facts,
                )
                opened = await self._open(request, desk, form, wish)
                return go(desk.at(f"/organizer/events/{opened.id}/prices"))
            except SlugTaken as error:
                filled.wrong["slug"] = f"{error.detail[:1].upper()}{error.detail[1:]}."
            except (BadRequest, EventRefused) as error:
                filled.blame(error, details.FIELDS)
        return self._details_step(request, desk, venue, filled)

    async def _open(self, request: Request, desk: Desk, form: Form, wish: EventWish) -> EventOpened:
        """Raises SlugTaken for an address that was said: one that we made is made again."""
        openings, who = self._parts.planning.openings, desk.actor.name
        try:
            return await openings.open(desk.org_id, wish, key_for(form, request, who))
        except SlugTaken:
            if wish.slug is not None:
                raise
        slug = f"{slug_of(wish.name, wish.starts_at)}-{secrets.token_hex(3)}"
        again = msgspec.structs.replace(wish, slug=slug)
        return await openings.open(desk.org_id, again, key_for(form, request, who, "again"))

    async def site(self, desk: Desk, venue_id: uuid.UUID) -> VenueView | SharedVenue:
        """The organization's own venue, or one that another lets it use. Raises NotFound."""
        try:
            return await self._parts.planning.venues.get(desk.org_id, venue_id)
        except NotFound:
            return await self._parts.planning.venues.shared_one(desk.org_id, venue_id)

    async def maps_of(
        self, desk: Desk, venue: VenueView | SharedVenue
    ) -> Sequence[MapLine | SharedMap]:
        """Maps that an event at the venue may be sold by; its own, last changed first."""
        if isinstance(venue, SharedVenue):
            return venue.maps
        return await self._own_maps(desk, venue.id)

    async def _own_maps(self, desk: Desk, venue_id: uuid.UUID) -> list[MapLine]:
        page = await self._parts.planning.maps.page(desk.org_id, MAPS_LOOKED_AT, None)
        return [line for line in page.items if line.venue.id == venue_id]

    async def _sample(
        self, request: Request, desk: Desk, venue: VenueView, form: Form, kind: str
    ) -> uuid.UUID:
        """A map of the sample drawing, published; the one that was made of it before, where the
        venue has it. Raises MapExists, MapNotReady."""
        name, planning, org_id = SAMPLES[kind][0], self._parts.planning, desk.org_id
        before = [line for line in await self._own_maps(desk, venue.id) if line.name == name]
        if before and before[0].latest:
            return before[0].latest.id

        def key(step: str) -> Key | None:
            return key_for(form, request, desk.actor.name, step)

        drawing = files("seatmap.samples").joinpath(f"{kind}.svg").read_bytes()
        made = await planning.maps.create(org_id, NewMap(name, venue_id=venue.id), key("map"))
        drawn = await planning.maps.upload(
            org_id, made.id, made.revision, drawing, f"{kind}.svg", key("drawing")
        )
        return (await planning.versions.publish(org_id, made.id, drawn.revision, key("version"))).id

    async def _venue_step(self, request: Request, desk: Desk, filled: Filling) -> Response:
        return self._show(
            request,
            desk,
            "plan_venue.html",
            "events",
            status=200 if filled else 422,
            venues=await self._venues.listed(desk),
            shared=await self._venues.shared(desk),
            filled=filled,
            **choices(),
        )

    async def _map_step(
        self, request: Request, desk: Desk, venue: VenueView | SharedVenue, filled: Filling
    ) -> Response:
        return self._show(
            request,
            desk,
            "plan_map.html",
            "events",
            status=200 if filled else 422,
            venue=venue,
            is_own=isinstance(venue, VenueView),
            maps=await self.maps_of(desk, venue),
            samples=SAMPLES,
            filled=filled,
        )

    def _details_step(
        self, request: Request, desk: Desk, venue: VenueView | SharedVenue, filled: Filling
    ) -> Response:
        return self._show(
            request,
            desk,
            "plan_details.html",
            "events",
            status=200 if filled else 422,
            venue=venue,
            version_id=_version_of(request),
            currencies=regions.currencies(),
            filled=filled,
        )


def _venue_of(request: Request) -> uuid.UUID:
    return uuid_of(request.query_params.get("venue", ""), "venue")


def _version_of(request: Request) -> uuid.UUID:
    return uuid_of(request.query_params.get("version", ""), "version of a map")

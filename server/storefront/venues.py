"""Venues: listed, added, changed. A venue's clock is its events' clock."""

import datetime as dt
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.catalog.times import zone_of
from server.catalog.venue_models import (
    Address,
    Capacity,
    Name,
    SharedVenue,
    VenueChange,
    VenueInUse,
    VenueQuery,
    VenueView,
    VenueWish,
)
from server.kernel.errors import BadRequest
from server.kernel.idempotency import Key
from server.storefront import regions
from server.storefront.filling import Filling
from server.storefront.forms import read_form
from server.storefront.managing import share_ppm
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of
from server.storefront.words import percent

VENUES_SHOWN = 100
NO_ZONE = "UTC"
_ASKED = (
    "name", "city", "country", "address", "timezone", "capacity", "is_shared", "is_exclusive",
    "promoter_share_ppm",
)  # fmt: skip
"""What the form has of a venue; the rest stays as it is."""


class VenuePages(Portal):
    async def venues(self, request: Request) -> Response:
        """GET /organizer/venues"""
        desk = await self._desk(request, "event:manage")
        return await self._list(request, desk, await self.blank(desk))

    async def add(self, request: Request) -> Response:
        """POST /organizer/venues : a new one."""
        desk = await self._desk(request, "event:manage")
        form = await read_form(request)
        filled = Filling.of(form)
        made = await self.create(desk, filled, key_for(form, request, desk.actor.name))
        if made is None:
            return await self._list(request, desk, filled)
        return go(desk.at("/organizer/venues"))

    async def venue(self, request: Request) -> Response:
        """GET /organizer/venues/{venue_id}"""
        desk = await self._desk(request, "event:manage")
        venue = await self._parts.planning.venues.get(desk.org_id, _venue_id(request))
        return self._page(request, desk, venue, _filled(venue))

    async def change(self, request: Request) -> Response:
        """POST /organizer/venues/{venue_id} : as it shall be; `delete`: not at all."""
        desk = await self._desk(request, "event:manage")
        form = await read_form(request)
        venues = self._parts.planning.venues
        venue = await venues.get(desk.org_id, _venue_id(request))
        key = key_for(form, request, desk.actor.name)
        if form.get("delete"):
            filled = _filled(venue)
            try:
                await venues.delete(desk.org_id, venue.id, key)
            except VenueInUse as error:
                filled.blame(error, ())
                return self._page(request, desk, venue, filled)
            return go(desk.at("/organizer/venues"))
        filled = Filling.of(form)
        wish = _wish(filled)
        if wish is not None:
            told = {name: getattr(wish, name) for name in _ASKED}
            change = VenueChange(**told)
            try:
                await venues.change(desk.org_id, venue.id, change, key)
            except BadRequest as error:
                filled.blame(error, _ASKED)
        if not filled:
            return self._page(request, desk, venue, filled)
        return self._saved(desk, "/organizer/venues")

    async def create(self, desk: Desk, filled: Filling, key: Key | None) -> VenueView | None:
        """The venue that was filled in; None where something is wrong with it."""
        wish = _wish(filled)
        if wish is None:
            return None
        try:
            return await self._parts.planning.venues.create(desk.org_id, wish, key)
        except BadRequest as error:
            filled.blame(error, _ASKED)
            return None

    async def blank(self, desk: Desk) -> Filling:
        """The form for a new one, in the organization's own country."""
        listed = await self.listed(desk)
        return Filling({"country": listed[0].country if listed else ""})

    async def listed(self, desk: Desk) -> list[VenueView]:
        query = VenueQuery(page_size=VENUES_SHOWN)
        return (await self._parts.planning.venues.page(desk.org_id, query)).items

    async def shared(self, desk: Desk) -> list[SharedVenue]:
        """Of other organizations."""
        query = VenueQuery(page_size=VENUES_SHOWN)
        return (await self._parts.planning.venues.shared(desk.org_id, query)).items

    async def _list(self, request: Request, desk: Desk, filled: Filling) -> Response:
        return self._show(
            request,
            desk,
            "venues.html",
            "venues",
            status=200 if filled else 422,
            venues=await self.listed(desk),
            filled=filled,
            **choices(),
        )

    def _page(self, request: Request, desk: Desk, venue: VenueView, filled: Filling) -> Response:
        return self._show(
            request,
            desk,
            "venue.html",
            "venues",
            status=200 if filled else 422,
            venue=venue,
            filled=filled,
            **choices(),
        )


def choices() -> dict[str, Any]:
    """What the form of a venue offers."""
    return {"countries": regions.countries(), "zones": regions.zones()}


def _venue_id(request: Request) -> uuid.UUID:
    return uuid_of(request.path_params["venue_id"], "venue")


def _filled(venue: VenueView) -> Filling:
    told = {name: getattr(venue, name) for name in _ASKED if name != "promoter_share_ppm"}
    shown = {
        name: ("yes" if value else "") if isinstance(value, bool) else str(value or "")
        for name, value in told.items()
    }
    share = percent(venue.promoter_share_ppm) if venue.promoter_share_ppm else ""
    return Filling(shown | {"promoter_share": share})


def _wish(filled: Filling) -> VenueWish | None:
    name = filled.take("name", Name, "Say what the venue is called.")
    city = filled.take("city", Name, "Say which city it is in.")
    address = filled.take("address", Address, "At most 300 characters.")
    capacity = filled.maybe("capacity", Capacity, "A whole number of people, or nothing.")
    country = filled.get("country")
    if country not in regions.countries():
        filled.wrong["country"] = "Choose the country."
    timezone = filled.get("timezone") or _only_zone(filled, country)
    if filled.get("timezone"):
        try:
            zone_of(timezone)
        except BadRequest:
            filled.wrong["timezone"] = "No time zone is called so: write it like Europe/Vienna."
    share = filled.get("promoter_share")
    promoters_ppm = share_ppm(share) if share else 0
    if promoters_ppm is None:
        filled.wrong["promoter_share"] = "A share up to 100, such as 70 or 66.5."
    if not filled:
        return None
    return VenueWish(
        name=name,
        city=city,
        country=country,
        address=address,
        timezone=timezone,
        capacity=capacity,
        is_shared=bool(filled.get("is_shared")),
        is_exclusive=bool(filled.get("is_exclusive")),
        promoter_share_ppm=promoters_ppm or 0,
    )


def _only_zone(filled: Filling, country: str) -> str:
    """The country's time zone; asked for where clocks in it differ."""
    zones = regions.zones_of(country)
    now = dt.datetime.now(dt.UTC)
    if len({zone_of(zone).utcoffset(now) for zone in zones}) > 1:
        filled.wrong["timezone"] = (
            f"Clocks differ in this country: say which, such as {zones[0]} or {zones[1]}."
        )
    return zones[0] if zones else NO_ZONE

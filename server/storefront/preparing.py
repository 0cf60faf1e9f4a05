"""An event that is there: its details, its map, and whether everybody sees it."""

import uuid
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import (
    Duplicate,
    EventChange,
    EventMoved,
    EventRefused,
    EventSetup,
)
from server.catalog.models import SlugTaken
from server.catalog.venue_models import VenueView
from server.kernel.errors import BadRequest
from server.kernel.idempotency import Key
from server.storefront import details, regions
from server.storefront.filling import Filling, sentence
from server.storefront.forms import read_form
from server.storefront.pages import Pages
from server.storefront.planning import PlanningPages
from server.storefront.portal import (
    MOVED,
    Desk,
    EventPortal,
    go,
    key_for,
    revision_of,
    uuid_of,
)
from server.storefront.services import Services

_WHERE = {
    "no_map": ("map", "Choose its map"),
    "no_places": ("map", "Choose another map"),
    "no_price": ("prices", "Say the prices"),
    "starts_in_past": ("details", "Change the day"),
    "sale_over": ("details", "Change the sale"),
}
"""By what is missing: where that is mended, and how a link there is called."""


class PreparingPages(EventPortal):
    def __init__(self, parts: Services, pages: Pages, planning: PlanningPages) -> None:
        super().__init__(parts, pages)
        self._planning = planning

    async def setup(self, request: Request) -> Response:
        """GET .../setup : all of the event, what it lacks, and its publishing."""
        desk, setup = await self._event(request)
        return await self._review(request, desk, setup)

    async def act(self, request: Request) -> Response:
        """POST .../setup : `act` is publish, unpublish, archive, duplicate or uncover."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        key, org_id = key_for(form, request, desk.actor.name), desk.org_id
        openings, act = self._parts.planning.openings, form.get("act")
        if act == "duplicate":
            made = await self._parts.planning.events.duplicate(org_id, setup.id, Duplicate(), key)
            return go(desk.at(f"/organizer/events/{made.id}/details"))
        verbs: dict[str, Callable[[str, uuid.UUID, int, Key | None], Awaitable[EventSetup]]] = {
            "publish": openings.publish,
            "unpublish": openings.unpublish,
            "archive": openings.archive,
            "uncover": self._parts.planning.covers.remove,
        }
        if act not in verbs:
            raise BadRequest("the form was not understood: go back and try again")
        try:
            await verbs[act](org_id, setup.id, revision_of(form.get("revision")), key)
        except EventMoved:
            return await self._review(request, desk, await self._again(desk, setup), MOVED)
        except EventRefused as error:
            told = sentence(error.detail)
            return await self._review(request, desk, await self._again(desk, setup), told)
        return go(desk.at(f"/organizer/events/{setup.id}/setup", done=act))

    async def details(self, request: Request) -> Response:
        """GET .../details"""
        desk, setup = await self._event(request)
        return await self._details_page(request, desk, setup, details.filled_of(setup))

    async def change(self, request: Request) -> Response:
        """POST .../details"""
        desk, setup = await self._event(request)
        form = await read_form(request)
        filled = Filling.of(form)
        facts = details.facts_of(filled, setup)
        if filled:
            wish = EventChange(**details.differing(facts, setup))
            key = key_for(form, request, desk.actor.name)
            try:
                await self._parts.planning.events.change(
                    desk.org_id, setup.id, revision_of(form.get("revision")), wish, key
                )
                return self._saved(desk, f"/organizer/events/{setup.id}/setup")
            except EventMoved:
                filled.problem = MOVED
                setup = await self._again(desk, setup)
            except SlugTaken as error:
                filled.wrong["slug"] = sentence(error.detail)
            except (BadRequest, EventRefused) as error:
                filled.blame(error, details.FIELDS)
        return await self._details_page(request, desk, setup, filled)

    async def map(self, request: Request) -> Response:
        """GET .../map : which map it is sold by."""
        desk, setup = await self._event(request)
        return await self._map_page(request, desk, setup)

    async def set_map(self, request: Request) -> Response:
        """POST .../map : `version`, of a map of its venue."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        version_id = uuid_of(form.get("version"), "version of a map")
        wish = EventChange(version_id=version_id)
        key = key_for(form, request, desk.actor.name)
        try:
            await self._parts.planning.events.change(
                desk.org_id, setup.id, revision_of(form.get("revision")), wish, key
            )
        except EventMoved:
            return await self._map_page(request, desk, await self._again(desk, setup), MOVED)
        except (BadRequest, EventRefused) as error:
            return await self._map_page(request, desk, setup, sentence(error.detail))
        return self._saved(desk, f"/organizer/events/{setup.id}/prices")

    async def _review(
        self, request: Request, desk: Desk, setup: EventSetup, problem: str = ""
    ) -> Response:
        at = f"/organizer/events/{setup.id}"
        missing = [
            (sentence(reason.detail.rpartition(": ")[2]), desk.at(f"{at}/{page}"), link)
            for reason in setup.missing
            for page, link in [_WHERE.get(reason.code, ("details", "Mend it"))]
        ]
        return self._show(
            request,
            desk,
            "event_setup.html",
            "events",
            script="src/portal/upload.ts",
            status=409 if problem else 200,
            setup=setup,
            venue=await self._planning.site(desk, setup.venue_id),
            types=await self._types(desk, setup),
            missing=missing,
            problem=problem,
            done=request.query_params.get("done", ""),
        )

    async def _details_page(
        self, request: Request, desk: Desk, setup: EventSetup, filled: Filling
    ) -> Response:
        return self._show(
            request,
            desk,
            "event_details.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            currencies=regions.currencies(),
            venue=await self._planning.site(desk, setup.venue_id),
            filled=filled,
        )

    async def _map_page(
        self, request: Request, desk: Desk, setup: EventSetup, problem: str = ""
    ) -> Response:
        venue = await self._planning.site(desk, setup.venue_id)
        return self._show(
            request,
            desk,
            "event_map.html",
            "events",
            status=409 if problem else 200,
            setup=setup,
            venue=venue,
            is_own=isinstance(venue, VenueView),
            maps=await self._planning.maps_of(desk, venue),
            has_places=await self._has_places(desk, setup),
            problem=problem,
        )

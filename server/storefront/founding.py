"""From an account to an organization, and what is left to do until it sells."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventSetup, SetupLine, SetupQuery
from server.catalog.venue_models import VenueQuery
from server.orgs import documents
from server.orgs import service as orgs
from server.orgs.models import LimitReached, NewOrg, OrgExists, OrgName
from server.orgs.settings_models import LegalEntity
from server.storefront import regions
from server.storefront.filling import Filling
from server.storefront.forms import read_form
from server.storefront.portal import Desk, Portal, go, key_for

MAPS_LOOKED_AT = 100
EVENTS_SHOWN = 50


class Step(msgspec.Struct):
    """A line of the checklist. `path`: where it is done; empty where others do it."""

    words: str
    hint: str
    path: str
    is_done: bool


class Founding(Portal):
    async def organizer(self, request: Request) -> Response:
        """GET /organizer : an organization's events; `org` names it where there are several."""
        _, members = await self._members(request)
        if not members:
            return go("/organizer/new")
        if not request.query_params.get("org") and len(members) > 1:
            return self._pages.render(request, "organizations.html", members=members)
        desk = await self._desk(request, "event:read")
        wanted = SetupQuery(
            page_size=EVENTS_SHOWN, next_token=request.query_params.get("after") or None
        )
        page = await self._parts.planning.events.page(desk.org_id, wanted)
        steps = await self._steps(desk, page.items) if desk.may("event:manage") else []
        is_ready = all(step.is_done for step in steps)
        return self._show(
            request,
            desk,
            "organizer.html",
            "events",
            events=page.items,
            after=page.next_token,
            steps=[] if is_ready or wanted.next_token else steps,
        )

    async def new(self, request: Request) -> Response:
        """GET /organizer/new : to found an organization."""
        await self._members(request)
        return self._founding(request, Filling({"currency": "EUR"}))

    async def found(self, request: Request) -> Response:
        """POST /organizer/new : `name`, `country`, `currency`; leads to its checklist."""
        account, members = await self._members(request)
        form = await read_form(request)
        filled = Filling.of(form)
        name = filled.take("name", OrgName, "Say what people know you as.")
        currency = filled.currency("currency")
        country = filled.get("country")
        if country not in regions.countries():
            filled.wrong["country"] = "Choose the country that you sell from."
        if not filled:
            return self._founding(request, filled)
        try:
            org = await orgs.sign_up(
                self._parts.db, account.id, NewOrg(name), key_for(form, request, account.name)
            )
        except (OrgExists, LimitReached) as error:
            filled.blame(error, ())
            return self._founding(request, filled)
        desk = await self._desk(request, "org:manage", org.id)
        async with self._parts.db.tx(read_only=True) as tx:
            before = await documents.settings_of(tx, org.id)
        settings = msgspec.structs.replace(
            before, currency=currency, legal=LegalEntity(name=org.name, country=country)
        )
        key = key_for(form, request, desk.actor.name, "settings")
        await documents.replace_settings(self._parts.db, org.id, settings, key)
        return go(f"/organizer?org={org.id}" if members else "/organizer")

    def _founding(self, request: Request, filled: Filling) -> Response:
        return self._plain(
            request,
            "found.html",
            status=200 if filled else 422,
            filled=filled,
            countries=regions.countries(),
            currencies=regions.currencies(),
        )

    async def _steps(self, desk: Desk, events: list[SetupLine]) -> list[Step]:
        planning = self._parts.planning
        venues = await planning.venues.page(desk.org_id, VenueQuery(page_size=1))
        maps = await planning.maps.page(desk.org_id, MAPS_LOOKED_AT, None)
        draft = next((line for line in events if line.status == "draft"), None)
        setup = await planning.events.get(desk.org_id, draft.id) if draft else None
        is_published = any(line.status != "draft" for line in events)
        new = desk.at("/organizer/events/new")
        approval = {
            "pending": "Our staff looks at it. You can set everything up meanwhile; sales begin "
            "once it is approved.",
            "approved": "You may sell.",
        }.get(desk.member.approval, desk.member.approval_note)
        return [
            Step("Your organization is approved", approval, "", desk.member.approval == "approved"),
            Step("A venue", "Where it takes place.", new, bool(venues.items)),
            Step(
                "A map of its seats",
                "Your drawing, or one of our samples to begin with.",
                new,
                any(line.latest for line in maps.items),
            ),
            Step("An event", "What it is called, and when it begins.", new, bool(events)),
            Step(
                "Prices and ticket types",
                "What each zone of the map costs.",
                desk.at(f"/organizer/events/{setup.id}/prices") if setup else new,
                is_published or (setup is not None and not _lacks_prices(setup)),
            ),
            Step(
                "Published",
                "From then on everybody sees it.",
                desk.at(f"/organizer/events/{setup.id}/setup") if setup else new,
                is_published,
            ),
        ]


def _lacks_prices(setup: EventSetup) -> bool:
    return any(reason.code in ("no_map", "no_price") for reason in setup.missing)

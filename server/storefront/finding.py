"""What is on: the page that everybody comes to first."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from server.catalog.discovery import Discovery
from server.catalog.models import Event
from server.storefront import words
from server.storefront.house import Houses
from server.storefront.pages import Pages, site_of
from server.storefront.searching import read_search
from server.storefront.services import Services


class Finding:
    def __init__(self, parts: Services, pages: Pages) -> None:
        self._parts, self._pages = parts, pages
        self._houses = Houses(parts.db, parts.catalog)
        self._discovery = Discovery(parts.db)

    async def index(self, request: Request) -> Response:
        """GET / : what is on sale, as `read_search` reads it, with how full each house is; at an
        organization's own domain its events, and nobody else's."""
        site = site_of(request)
        asked = dict(request.query_params)
        wanted = read_search(asked)
        if site is not None:
            wanted.organization = site.org_id
        page = await self._discovery.page(wanted)
        entries = [
            await self._entry(await self._parts.catalog.event(summary.id)) for summary in page.items
        ]
        shown = {name: asked.get(name, "") for name in ("q", "where", "from", "to")}
        more = {**{name: value for name, value in shown.items() if value}, "after": page.next_token}
        return self._pages.render(
            request,
            "index.html",
            events=entries,
            asked=shown,
            is_search=any(shown.values()),
            cities=None if site else await self._discovery.cities(),
            more=f"/?{urlencode(more)}" if page.next_token else None,
        )

    async def _entry(self, event: Event) -> dict[str, Any]:
        total = event.seats_total + sum(pool.capacity for pool in event.pools)
        left = (await self._houses.state_of(event)).left
        low = min((zone.price_from_minor for zone in event.zones), default=0)
        high = max((zone.price_to_minor for zone in event.zones), default=0)
        share = (total - left) / total if total else 0.0
        return {
            "event": event,
            "price_from_minor": low,
            "price_to_minor": high,
            "left": left,
            "left_words": words.count(left, "place", "places") + " left",
            "taken_share": share,
            "taken_words": f"{round(share * 100)} percent taken",
        }

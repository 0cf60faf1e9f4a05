"""Every page, in one list.

    /                              what is on sale              everybody
    /e/{slug}                      map, or lists                everybody; begins a guest's session
    /e/{slug}/hold                 the lists' form              guest
    /checkout/{hold_id}            name and e-mail, then pay    the hold's buyer
    /checkout/{hold_id}/tickets    adult, child, member         the hold's buyer
    /checkout/{hold_id}/keep       holds the places longer      the hold's buyer
    /checkout/{hold_id}/release    gives the places back        the hold's buyer
    /orders/{order_id}             waits, then tickets          the order's buyer
    /t/{code}                      one ticket                   whoever has the code
    /me/tickets                    all tickets of this browser  guest
    /sign-in                       link (`token`) or password   everybody
    /sign-out                      ends what one works as       everybody
    /organizer, /organizer/events/{event_id}                    operator with sales:read
    /organizer/events/{event_id}/places                         operator with inventory:manage
    /organizer/maps, /organizer/maps/{map_id}                   operator with event:manage
    /board/{event_id}              scans for a wall             scanner, or operator with scan:read
    /docs                          the API, from /openapi.json  everybody
    /problems/{slug}               what an error's type means   everybody
    /assets/{name}                 the built front-end          everybody

What each template takes stands at the call of `Pages.render` that fills it; `assets` and `path` are
in all of them.
"""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from server.catalog.service import Catalog
from server.checkin.service import Checkin
from server.checkout.service import Checkout
from server.identity.realms import BuyerRealm
from server.identity.tokens import Tokens
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.settings import Settings
from server.storefront.assets import URL, Assets
from server.storefront.buying import Buying
from server.storefront.pages import Pages
from server.storefront.services import ProblemKind, Services
from server.storefront.sessions import Sessions
from server.storefront.working import Working
from server.tickets.service import Tickets


class _AnyPage(Route):
    """Matches what no route before it knows, except the API's own paths."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            return Match.NONE, {}
        return super().matches(scope)


def routes(
    *,
    settings: Settings,
    db: Database,
    tokens: Tokens,
    catalog: Catalog,
    inventory: Inventory,
    checkout: Checkout,
    tickets: Tickets,
    checkin: Checkin,
    problems: Sequence[ProblemKind],
) -> list[BaseRoute]:
    """The last routes of the process: the final one answers for every page that does not exist."""
    assets = Assets()
    pages = Pages(assets)
    sessions = Sessions(tokens, is_secure=settings.public_url.startswith("https:"))
    parts = Services(db, tokens, BuyerRealm(tokens), catalog, inventory, checkout, tickets, checkin)
    buying = Buying(parts, pages, sessions)
    working = Working(parts, pages, sessions)

    async def reference(request: Request) -> Response:
        return pages.render(request, "reference.html", script="src/reference/main.tsx")

    kinds = {kind.slug: kind for kind in problems}

    async def problem(request: Request) -> Response:
        kind = kinds.get(request.path_params["slug"])
        if kind is None:
            raise NotFound("no answer of ours has a problem of this kind")
        return pages.render(request, "kind.html", kind=kind)

    async def missing(request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(404)
        return pages.problem(request, NotFound("there is no page at this address"))

    return [
        pages.get("/", buying.index),
        pages.get("/e/{slug}", buying.event),
        pages.post("/e/{slug}/hold", buying.hold),
        pages.get("/checkout/{hold_id}", buying.checkout),
        pages.post("/checkout/{hold_id}", buying.checkout),
        pages.post("/checkout/{hold_id}/tickets", buying.choose),
        pages.post("/checkout/{hold_id}/keep", buying.keep),
        pages.post("/checkout/{hold_id}/release", buying.release),
        pages.get("/orders/{order_id}", buying.order),
        pages.get("/t/{code}", buying.ticket),
        pages.get("/me/tickets", buying.tickets),
        pages.get("/sign-in", working.sign_in),
        pages.post("/sign-in", working.sign_in_by_password),
        pages.post("/sign-out", working.sign_out),
        pages.get("/organizer", working.organizer, is_work=True),
        pages.get("/organizer/events/{event_id}", working.sales, is_work=True),
        pages.get("/organizer/events/{event_id}/places", working.places, is_work=True),
        pages.get("/organizer/maps", working.maps, is_work=True),
        pages.get("/organizer/maps/{map_id:uuid}", working.map_editor, is_work=True),
        pages.get("/board/{event_id}", working.board, is_work=True),
        pages.post("/board/{event_id}", working.scan, is_work=True),
        pages.get("/docs", reference),
        pages.get("/problems/{slug}", problem),
        Route(URL + "{name}", assets.serve, methods=["GET"], name="asset"),
        _AnyPage("/{path:path}", missing, methods=["GET"], name="missing"),
    ]

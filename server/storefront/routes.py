"""Every page, in one list.

    /                              what is on sale              everybody
    /e/{slug}                      map, or lists                everybody; begins a guest's session
    /e/{slug}/hold                 the lists' form              guest
    /e/{slug}/line                 a number of the waiting room guest
    /e/{slug}/line/leave           gives it up                  guest
    /checkout/{hold_id}            name, products, then pay     the hold's buyer
    /checkout/{hold_id}/tickets    adult, child, member         the hold's buyer
    /checkout/{hold_id}/keep       holds the places longer      the hold's buyer
    /checkout/{hold_id}/release    gives the places back        the hold's buyer
    /orders/{order_id}             waits, then tickets          the order's buyer
    /orders/{order_id}/shares      divides what is to be paid   the order's buyer
    /pay/{token}                   a share, to be paid          who has the link
    /t/{code}, /t/{code}/transfer  one ticket; offers it        whoever has the code
    /transfer                      takes an offered ticket      who has the link
    /me/tickets                    all tickets of this browser  guest
    /sign-in, /sign-in/code        link (`token`) or password   everybody
    /register, /verify             to an account, by mail       everybody
    /forgot, /reset                to a new password, by mail   everybody
    /account, /account/...         sessions, address, password, factor, points   who is signed in
    /account/email/undo            keeps the address, by mail   everybody
    /sign-out                      ends what one works as       everybody
    /me/sign-in ... /me/sign-out   the same for buyers          everybody
    /demo/mail                     mails that a demo sends not  everybody, in a demo only
    /organizer/new                 founds an organization       operator's account
    /organizer, /organizer/events/{event_id}                    operator with sales:read
    /organizer/venues, /organizer/events/new                    operator with event:manage
    /organizer/events/{event_id}/setup, details, map, prices    operator with event:manage
    /organizer/events/{event_id}/terms, discounts               operator with event:manage
    /organizer/events/{event_id}/orders, /organizer/orders/{order_id}   operator with order:read
    /organizer/events/{event_id}/ticket-types, products, switches   operator with event:manage
    /organizer/events/{event_id}/places, allocations            operator with inventory:manage
    /organizer/events/{event_id}/box-office                     operator with order:manage
    /organizer/events/{event_id}/guests, .../guests.csv         operator with order:read
    /organizer/events/{event_id}/import                         operator with order:manage
    /board/{event_id}/guests       lets guests in by name       scanner
    /organizer/events/{event_id}/doors, /organizer/keys         operator with key:manage
    /organizer/team                members, invitations         operator with org:read
    /organizer/branding, /organizer/settings, /organizer/switches   operator with org:manage
    /organizer/mails               words of mails to buyers    operator with org:manage
    /organizer/payments            with whom it takes payments  operator with org:manage
    /organizer/self-test           a whole order of nobody's    operator with event:manage
    /organizer/log                 who changed what             operator with audit:read
    /organizer/webhooks, /organizer/webhooks/{endpoint_id}      operator with key:manage
    /organizer/reports, /organizer/reports/{sheet}.csv          operator with sales:read, order:read
    /invitation                    joins a team, by mail        who has the link
    /organizer/events/{event_id}/waiting-room                   operator with event:manage
    /organizer/maps, /organizer/maps/{map_id}                   operator with event:manage
    /organizer/refunds, /organizer/events/{event_id}/refunds    operator with sales:read
    /staff, /staff/switches        approves organizations       the platform's staff
    /staff/webhooks                what providers told us       the platform's staff
    /staff/money                   money that matches nothing   the platform's staff
    /staff/events                  parked events, tried again   the platform's staff
    /board/{event_id}              scans for a wall             scanner, or operator with scan:read
    /docs                          the API, from /openapi.json  everybody
    /problems/{slug}               what an error's type means   everybody
    /assets/{name}                 the built front-end          everybody

What each template takes stands at the call of `Pages.render` that fills it; `assets` and `path` are
in all of them.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from server.admission.service import Admission
from server.catalog.service import Catalog
from server.catalog.terms import Terms
from server.checkin.service import Checkin
from server.checkout.discounts import Discounting
from server.checkout.orders import Orders
from server.checkout.service import Checkout
from server.hooks.service import Hooks
from server.identity.accounts import Accounts
from server.identity.realms import BuyerRealm
from server.identity.tokens import Tokens
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.notify.orders import OrderLetters
from server.orgs.invitations import Invitations
from server.orgs.sites import Sites
from server.payments.service import Payments
from server.points.accounts import PointAccounts
from server.storefront.accounts import AccountPages
from server.storefront.allocating import AllocationPages
from server.storefront.assets import URL
from server.storefront.buying import Buying
from server.storefront.credentials import KeyPages
from server.storefront.extras import ProductPages
from server.storefront.finding import Finding
from server.storefront.founding import Founding
from server.storefront.holding import Holding
from server.storefront.hooking import HookPages
from server.storefront.mailing import MAILS, MailPages
from server.storefront.managing import ManagingPages
from server.storefront.office import OfficePages
from server.storefront.pages import Pages
from server.storefront.parking import ParkedPages
from server.storefront.paying import Paying
from server.storefront.planning import PlanningPages
from server.storefront.preparing import PreparingPages
from server.storefront.pricing import PricePages
from server.storefront.receiving import ReceivingPages
from server.storefront.refunding import REFUNDS, RefundPages
from server.storefront.reporting import ReportPages
from server.storefront.selling import SellingPages
from server.storefront.services import Dividing, Planning, ProblemKind, Refunding, Services
from server.storefront.sessions import Sessions
from server.storefront.sharing import Sharing
from server.storefront.staffing import StaffPages
from server.storefront.switching import SwitchPages
from server.storefront.team import TeamPages
from server.storefront.testing import SelfTestPages
from server.storefront.tickettypes import TypePages
from server.storefront.venues import VenuePages
from server.storefront.waiting import Waiting
from server.storefront.working import Working
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers
from server.tickets.wallets import Wallets

Mailbox = Callable[[], Awaitable[Sequence[Any]]]
"""Mails as `mailbox.html` shows them: `to_address`, `created_at` and the `letter`."""


class _AnyPage(Route):
    """Matches what no route before it knows, except the API's own paths."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            return Match.NONE, {}
        return super().matches(scope)


def routes(
    *,
    pages: Pages,
    db: Database,
    tokens: Tokens,
    sessions: Sessions,
    accounts: Accounts,
    catalog: Catalog,
    admission: Admission,
    inventory: Inventory,
    payments: Payments,
    checkout: Checkout,
    tickets: Tickets,
    transfers: Transfers,
    letters: OrderLetters,
    wallets: Wallets,
    checkin: Checkin,
    hooks: Hooks,
    invitations: Invitations,
    sites: Sites,
    planning: Planning,
    refunding: Refunding,
    sharing: Dividing,
    problems: Sequence[ProblemKind],
    mailbox: Mailbox | None = None,
) -> list[BaseRoute]:
    """The last routes of the process: the final one answers for every page that does not exist.

    `mailbox`: of a demo, which sends no mail: what it would have sent, newest first.
    """
    is_demo = mailbox is not None
    parts = Services(
        db, tokens, accounts, BuyerRealm(tokens), catalog, admission, inventory, payments, checkout,
        tickets, transfers, letters, wallets, checkin, hooks, invitations, sites, planning,
        refunding, sharing, Discounting(db), PointAccounts(db), Terms(db, catalog),
        Orders(db, catalog, checkout),
    )  # fmt: skip
    waiting = Waiting(parts, pages, sessions)
    finding, buying = Finding(parts, pages), Buying(parts, pages, sessions, waiting)
    paying, holding = Paying(parts, pages), Holding(parts, pages, sessions)
    working, sharing_pages = Working(parts, pages), Sharing(parts, pages)

    async def reference(request: Request) -> Response:
        return pages.render(request, "reference.html", script="src/reference/main.tsx")

    kinds = {kind.slug: kind for kind in problems}

    async def problem(request: Request) -> Response:
        kind = kinds.get(request.path_params["slug"])
        if kind is None:
            raise NotFound("no answer of ours has a problem of this kind")
        return pages.render(request, "kind.html", kind=kind)

    async def mail(request: Request) -> Response:
        assert mailbox is not None
        return pages.render(request, "mailbox.html", mails=await mailbox())

    async def missing(request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(404)
        return pages.problem(request, NotFound("there is no page at this address"))

    return [
        pages.get("/", finding.index),
        pages.get("/e/{slug}", buying.event),
        pages.post("/e/{slug}/hold", buying.hold),
        pages.post("/e/{slug}/line", waiting.join),
        pages.post("/e/{slug}/line/leave", waiting.leave),
        pages.get("/checkout/{hold_id}", paying.checkout),
        pages.post("/checkout/{hold_id}", paying.checkout),
        pages.post("/checkout/{hold_id}/tickets", paying.choose),
        pages.post("/checkout/{hold_id}/keep", paying.keep),
        pages.post("/checkout/{hold_id}/release", paying.release),
        pages.get("/orders/{order_id}", buying.order),
        pages.get("/t/{code}", holding.ticket),
        pages.post("/t/{code}/transfer", holding.offer),
        pages.get("/transfer", holding.offered),
        pages.post("/transfer", holding.accept),
        pages.get("/me/tickets", holding.tickets),
        pages.post("/orders/{order_id}/refund-request", buying.ask_back),
        pages.post("/orders/{order_id}/confirm", sharing_pages.confirm),
        pages.post("/orders/{order_id}/cancel", sharing_pages.cancel),
        pages.get("/orders/{order_id}/shares", sharing_pages.shares),
        pages.post("/orders/{order_id}/shares", sharing_pages.shares),
        pages.get("/pay/{token}", sharing_pages.share),
        pages.post("/pay/{token}", sharing_pages.pay),
        *_account_routes(pages, AccountPages(parts, pages, sessions, "operator", is_demo=is_demo)),
        *_account_routes(pages, AccountPages(parts, pages, sessions, "buyer", is_demo=is_demo)),
        *_portal_routes(pages, parts),
        *_team_routes(pages, parts, sessions),
        *_refund_routes(pages, parts),
        pages.get("/organizer/events/{event_id}", working.sales, is_work=True),
        pages.get("/organizer/events/{event_id}/places", working.places, is_work=True),
        *_office_routes(pages, OfficePages(parts, pages)),
        pages.get("/organizer/events/{event_id}/waiting-room", working.waiting_room, is_work=True),
        pages.post("/organizer/events/{event_id}/waiting-room", working.waiting_room, is_work=True),
        pages.get("/organizer/maps", working.maps, is_work=True),
        pages.get("/organizer/maps/{map_id:uuid}", working.map_editor, is_work=True),
        pages.get("/board/{event_id}", working.board, is_work=True),
        pages.post("/board/{event_id}", working.scan, is_work=True),
        pages.get("/docs", reference),
        pages.get("/problems/{slug}", problem),
        *([pages.get("/demo/mail", mail)] if is_demo else []),
        Route(URL + "{name}", pages.assets.serve, methods=["GET"], name="asset"),
        _AnyPage("/{path:path}", missing, methods=["GET"], name="missing"),
    ]


def _portal_routes(pages: Pages, parts: Services) -> list[BaseRoute]:
    founding, staff, venues = (
        Founding(parts, pages),
        StaffPages(parts, pages),
        VenuePages(parts, pages),
    )
    planning, parked = PlanningPages(parts, pages, venues), ParkedPages(parts, pages)
    preparing, switches = PreparingPages(parts, pages, planning), SwitchPages(parts, pages)
    selling, testing = SellingPages(parts, pages), SelfTestPages(parts, pages)
    new, one = "/organizer/events/new", "/organizer/events/{event_id}"
    venue = "/organizer/venues/{venue_id}"
    return [
        pages.get("/organizer", founding.organizer, is_work=True),
        pages.get("/organizer/new", founding.new, is_work=True),
        pages.post("/organizer/new", founding.found, is_work=True),
        pages.get("/organizer/venues", venues.venues, is_work=True),
        pages.post("/organizer/venues", venues.add, is_work=True),
        pages.get(venue, venues.venue, is_work=True),
        pages.post(venue, venues.change, is_work=True),
        pages.get(new, planning.new, is_work=True),
        pages.post(new, planning.create, is_work=True),
        pages.post(f"{new}/venue", planning.choose_venue, is_work=True),
        pages.post(f"{new}/map", planning.choose_map, is_work=True),
        pages.get(f"{one}/setup", preparing.setup, is_work=True),
        pages.post(f"{one}/setup", preparing.act, is_work=True),
        pages.get(f"{one}/details", preparing.details, is_work=True),
        pages.post(f"{one}/details", preparing.change, is_work=True),
        pages.get(f"{one}/map", preparing.map, is_work=True),
        pages.post(f"{one}/map", preparing.set_map, is_work=True),
        *_offer_routes(pages, parts, one),
        pages.get(f"{one}/switches", switches.of_event, is_work=True),
        pages.post(f"{one}/switches", switches.turn_of_event, is_work=True),
        pages.get("/organizer/switches", switches.of_org, is_work=True),
        pages.post("/organizer/switches", switches.turn_of_org, is_work=True),
        pages.get("/organizer/self-test", testing.self_test, is_work=True),
        pages.post("/organizer/self-test", testing.run, is_work=True),
        pages.get(f"{one}/terms", selling.terms, is_work=True),
        pages.post(f"{one}/terms", selling.set_terms, is_work=True),
        pages.get(f"{one}/discounts", selling.discounts, is_work=True),
        pages.post(f"{one}/discounts", selling.act_on_discounts, is_work=True),
        pages.get(f"{one}/orders", selling.orders, is_work=True),
        pages.get("/staff", staff.staff, is_work=True),
        pages.post("/staff", staff.review, is_work=True),
        pages.get("/staff/webhooks", staff.webhooks, is_work=True),
        pages.post("/staff/webhooks", staff.replay, is_work=True),
        pages.get("/staff/money", staff.money, is_work=True),
        pages.post("/staff/money", staff.act_on_money, is_work=True),
        pages.get("/staff/events", parked.events, is_work=True),
        pages.post("/staff/events", parked.replay, is_work=True),
        pages.get("/staff/switches", switches.of_platform, is_work=True),
        pages.post("/staff/switches", switches.turn_of_platform, is_work=True),
    ]


def _offer_routes(pages: Pages, parts: Services, one: str) -> list[BaseRoute]:
    """What of the event `one` is sold, for how much, and what is kept for others."""
    prices, types, products, allocations = (
        PricePages(parts, pages),
        TypePages(parts, pages),
        ProductPages(parts, pages),
        AllocationPages(parts, pages),
    )
    ticket_type, product = f"{one}/ticket-types/{{type_id}}", f"{one}/products/{{product_id}}"
    return [
        pages.get(f"{one}/prices", prices.prices, is_work=True),
        pages.post(f"{one}/prices", prices.set_prices, is_work=True),
        pages.post(f"{one}/ticket-types", prices.add_type, is_work=True),
        pages.get(ticket_type, types.ticket_type, is_work=True),
        pages.post(ticket_type, types.change_type, is_work=True),
        pages.get(f"{one}/products", products.products, is_work=True),
        pages.post(f"{one}/products", products.add, is_work=True),
        pages.get(product, products.product, is_work=True),
        pages.post(product, products.change, is_work=True),
        pages.get(f"{one}/allocations", allocations.allocations, is_work=True),
        pages.post(f"{one}/allocations", allocations.change, is_work=True),
    ]


def _office_routes(pages: Pages, office: OfficePages) -> list[BaseRoute]:
    one, door = "/organizer/events/{event_id}", "/board/{event_id}/guests"
    return [
        pages.get(f"{one}/box-office", office.box_office, is_work=True),
        pages.get(f"{one}/box-office/{{order_id}}", office.printout, is_work=True),
        pages.get(f"{one}/guests", office.guests, is_work=True),
        pages.post(f"{one}/guests", office.guests, is_work=True),
        pages.get(f"{one}/guests.csv", office.guests_table, is_work=True),
        pages.get(f"{one}/import", office.imports, is_work=True),
        pages.get(door, office.door, is_work=True),
        pages.post(door, office.door, is_work=True),
    ]


def _team_routes(pages: Pages, parts: Services, sessions: Sessions) -> list[BaseRoute]:
    team, keys = TeamPages(parts, pages, sessions), KeyPages(parts, pages)
    managing, reporting = ManagingPages(parts, pages), ReportPages(parts, pages)
    receiving, hooking = ReceivingPages(parts, pages), HookPages(parts, pages)
    doors = "/organizer/events/{event_id}/doors"
    return [
        pages.get("/organizer/team", team.team, is_work=True),
        pages.post("/organizer/team", team.act, is_work=True),
        pages.get("/invitation", team.invitation),
        pages.post("/invitation", team.join, is_work=True),
        pages.get("/organizer/keys", keys.keys, is_work=True),
        pages.post("/organizer/keys", keys.change_keys, is_work=True),
        pages.get(doors, keys.doors, is_work=True),
        pages.post(doors, keys.change_doors, is_work=True),
        pages.get("/organizer/branding", managing.branding, is_work=True),
        pages.post("/organizer/branding", managing.set_branding, is_work=True),
        pages.get("/organizer/payments", receiving.payments, is_work=True),
        pages.post("/organizer/payments", receiving.change, is_work=True),
        pages.get("/organizer/settings", managing.settings, is_work=True),
        pages.post("/organizer/settings", managing.set_settings, is_work=True),
        pages.get("/organizer/log", managing.log, is_work=True),
        pages.get("/organizer/webhooks", hooking.hooks, is_work=True),
        pages.post("/organizer/webhooks", hooking.add, is_work=True),
        pages.get("/organizer/webhooks/{endpoint_id}", hooking.hook, is_work=True),
        pages.post("/organizer/webhooks/{endpoint_id}", hooking.act, is_work=True),
        pages.get("/organizer/reports", reporting.reports, is_work=True),
        pages.get("/organizer/reports/{sheet}.csv", reporting.sheet, is_work=True),
    ]


def _refund_routes(pages: Pages, parts: Services) -> list[BaseRoute]:
    refunds, mails = RefundPages(parts, pages), MailPages(parts, pages)
    order, event = "/organizer/orders/{order_id}", "/organizer/events/{event_id}/refunds"
    return [
        pages.get(order, refunds.order, is_work=True),
        pages.post(order, refunds.refund, is_work=True),
        pages.post(f"{order}/tickets", mails.act_on_tickets, is_work=True),
        pages.get(MAILS, mails.mails, is_work=True),
        pages.post(MAILS, mails.word, is_work=True),
        pages.get(REFUNDS, refunds.requests, is_work=True),
        pages.post(REFUNDS, refunds.answer, is_work=True),
        pages.get(event, refunds.event, is_work=True),
        pages.post(event, refunds.change_event, is_work=True),
    ]


def _account_routes(pages: Pages, accounts: AccountPages) -> list[BaseRoute]:
    at, mine = accounts.at, f"{accounts.at}/account"
    sign_in = f"{at}/sign-in"
    return [
        pages.get(sign_in, accounts.sign_in),
        pages.post(sign_in, accounts.sign_in_by_password),
        pages.post(f"{sign_in}/code", accounts.code),
        pages.post(f"{at}/sign-out", accounts.sign_out),
        pages.get(f"{at}/register", accounts.register),
        pages.post(f"{at}/register", accounts.ask_to_register),
        pages.get(f"{at}/verify", accounts.verify),
        pages.post(f"{at}/verify", accounts.open_account),
        pages.get(f"{at}/forgot", accounts.forgot),
        pages.post(f"{at}/forgot", accounts.ask_to_reset),
        pages.get(f"{at}/reset", accounts.reset),
        pages.post(f"{at}/reset", accounts.set_password),
        pages.get(mine, accounts.account, sign_in=sign_in),
        pages.post(f"{mine}/password", accounts.change_password, sign_in=sign_in),
        pages.post(f"{mine}/email", accounts.ask_for_address, sign_in=sign_in),
        pages.get(f"{mine}/email/confirm", accounts.new_address, sign_in=sign_in),
        pages.post(f"{mine}/email/confirm", accounts.take_address, sign_in=sign_in),
        pages.get(f"{mine}/email/undo", accounts.old_address),
        pages.post(f"{mine}/email/undo", accounts.keep_address),
        pages.post(f"{mine}/sessions", accounts.end_session, sign_in=sign_in),
        pages.post(f"{mine}/factor", accounts.enrol, sign_in=sign_in),
        pages.post(f"{mine}/factor/confirm", accounts.confirm, sign_in=sign_in),
        pages.post(f"{mine}/factor/disable", accounts.disable, sign_in=sign_in),
    ]

"""Everything of the API: which domain's routes are given what, and the services behind them."""

import uuid

import server.admission.routes
import server.audit.routes
import server.boxoffice.routes
import server.catalog.directory_routes
import server.catalog.event_routes
import server.catalog.host_routes
import server.catalog.map_routes
import server.catalog.product_routes
import server.catalog.routes
import server.catalog.switch_routes
import server.catalog.term_routes
import server.catalog.ticket_routes
import server.catalog.venue_routes
import server.checkin.key_routes
import server.checkin.routes
import server.checkout.discount_routes
import server.checkout.draft_routes
import server.checkout.network_routes
import server.checkout.order_routes
import server.checkout.routes
import server.checkout.share_routes
import server.hooks.routes
import server.identity.routes
import server.inventory.network_routes
import server.inventory.routes
import server.live.routes
import server.notify.routes
import server.orgs.key_routes
import server.orgs.member_routes
import server.orgs.org_routes
import server.orgs.partner_routes
import server.orgs.site_routes
import server.orgs.staff_routes
import server.orgs.switch_routes
import server.outbox.routes
import server.payments.account_routes
import server.payments.routes
import server.points.routes
import server.refunds.request_routes
import server.refunds.routes
import server.reports.routes
import server.selftest.routes
import server.settlement.routes
import server.storefront.routes
import server.tickets.page_routes
import server.tickets.routes
from server.boxoffice.guests import Hosting
from server.boxoffice.imports import Imports
from server.boxoffice.selling import Selling
from server.catalog.covers import Covers
from server.catalog.discovery import Discovery
from server.catalog.draftsman import Draftsman
from server.catalog.events import Events
from server.catalog.hosts import Hosts
from server.catalog.maps import Maps
from server.catalog.products import Assortment
from server.catalog.terms import Terms
from server.catalog.ticket_types import Ticketing
from server.catalog.venues import Venues
from server.catalog.versions import Versions
from server.checkout.discounts import Discounting
from server.checkout.orders import Orders
from server.identity.models import Membership
from server.identity.realms import AccountRealm, ScannerRealm
from server.inventory.allocations import Allocating
from server.inventory.management import Management
from server.inventory.migrations import Migrations
from server.inventory.openings import Openings
from server.inventory.sellers import SellerRealm
from server.kernel.http import Operation
from server.live.doors import Doors
from server.live.health import Health
from server.live.service import Live
from server.orgs import service as orgs
from server.orgs.platform import PartnerRealm, ServiceRealm, StaffRealm
from server.orgs.realm import OperatorRealm
from server.parts import Parts
from server.points.accounts import PointAccounts
from server.reports.service import Reports
from server.selftest.service import House, SelfTests
from server.settings import Settings
from server.storefront.services import Office, Planning


def operations(
    settings: Settings, parts: Parts, live: Live, doors: Doors, health: Health, planning: Planning
) -> list[Operation]:
    """Everything of the API, in the order of its document."""
    manager = OperatorRealm(parts.db, parts.tokens, "inventory:manage")
    publisher = OperatorRealm(parts.db, parts.tokens, "event:manage")
    viewer = OperatorRealm(parts.db, parts.tokens, "event:read")
    order_reader = OperatorRealm(parts.db, parts.tokens, "order:read")

    async def memberships(user_id: uuid.UUID) -> list[Membership]:
        found = await orgs.memberships(parts.db, user_id)
        return [Membership(m.org_id, m.org_name, m.role) for m in found]

    maps, versions = planning.maps, planning.versions
    return [
        *server.catalog.routes.routes(parts.catalog, Discovery(parts.db), settings.public_url),
        *server.catalog.directory_routes.routes(parts.venue_directory, parts.artist_directory),
        *server.catalog.product_routes.routes(
            parts.catalog, planning.assortment, viewer, publisher
        ),
        *server.catalog.term_routes.routes(Terms(parts.db, parts.catalog), viewer, publisher),
        *server.catalog.host_routes.routes(planning.hosts, viewer),
        *server.catalog.venue_routes.routes(planning.venues, viewer, publisher),
        *server.catalog.event_routes.routes(planning.events, planning.covers, viewer, publisher),
        *server.catalog.ticket_routes.routes(parts.catalog, planning.ticketing, viewer, publisher),
        *server.catalog.map_routes.routes(maps, versions, parts.catalog, publisher),
        *server.live.routes.routes(live, doors, health),
        *server.admission.routes.routes(parts.admission, parts.buyer, viewer, publisher),
        *_org_operations(settings, parts),
        *server.identity.routes.routes(
            parts.db, parts.tokens, parts.sessions, parts.accounts, parts.buyer, memberships
        ),
        *server.inventory.routes.routes(parts.inventory, parts.buyer),
        *server.inventory.routes.managing_routes(Management(parts.db, parts.catalog), manager),
        *server.inventory.routes.allocating_routes(
            planning.allocating,
            viewer,
            manager,
            SellerRealm(parts.db, parts.tokens, "order:manage"),
        ),
        *server.inventory.routes.opening_routes(planning.openings, publisher),
        *server.inventory.routes.migrating_routes(
            Migrations(parts.db, parts.catalog, versions), publisher
        ),
        *server.checkout.routes.routes(parts.checkout, parts.buyer, order_reader),
        *server.checkout.draft_routes.routes(parts.drafts, parts.buyer),
        *server.checkout.share_routes.routes(parts.shares, parts.buyer),
        *server.checkout.order_routes.routes(
            Orders(parts.db, parts.catalog, parts.checkout), order_reader
        ),
        *server.checkout.discount_routes.routes(Discounting(parts.db), viewer, publisher),
        *server.points.routes.routes(
            PointAccounts(parts.db),
            AccountRealm(parts.db, parts.tokens, "buyer"),
            OperatorRealm(parts.db, parts.tokens, "order:read"),
            OperatorRealm(parts.db, parts.tokens, "order:manage"),
        ),
        *server.payments.routes.routes(
            parts.db,
            parts.payments,
            StaffRealm(parts.db, parts.tokens, "support"),
            StaffRealm(parts.db, parts.tokens, "superadmin"),
        ),
        *server.tickets.routes.routes(
            parts.tickets,
            parts.transfers,
            parts.papers,
            parts.receipts,
            parts.buyer,
            OperatorRealm(parts.db, parts.tokens, "order:manage"),
        ),
        *server.tickets.page_routes.routes(
            parts.tickets, parts.papers, parts.wallets, parts.catalog, settings.public_url
        ),
        *_refund_operations(parts, viewer, publisher),
        *server.checkin.routes.routes(parts.checkin, ScannerRealm(parts.db)),
        *server.notify.routes.routes(
            parts.db,
            parts.mails,
            parts.letters,
            OperatorRealm(parts.db, parts.tokens, "org:read"),
            OperatorRealm(parts.db, parts.tokens, "org:manage"),
            OperatorRealm(parts.db, parts.tokens, "order:manage"),
        ),
        *_box_office(parts, planning),
        *server.selftest.routes.routes(planning.self_tests, publisher),
    ]


def _refund_operations(
    parts: Parts, viewer: OperatorRealm, publisher: OperatorRealm
) -> list[Operation]:
    reader, manager = (
        OperatorRealm(parts.db, parts.tokens, permission)
        for permission in ("sales:read", "order:manage")
    )
    return [
        *server.refunds.routes.routes(parts.refunds, reader, manager, viewer, publisher),
        *server.refunds.request_routes.routes(parts.refund_requests, parts.buyer, reader, manager),
        *server.refunds.routes.cancelling_routes(parts.cancellations, reader, manager),
    ]


def _box_office(parts: Parts, planning: Planning) -> list[Operation]:
    db, tokens, office = parts.db, parts.tokens, planning.office
    reader = OperatorRealm(db, tokens, "order:read")
    manager = OperatorRealm(db, tokens, "order:manage")
    seller = SellerRealm(db, tokens, "order:manage")
    return [
        *server.boxoffice.routes.routes(office.selling, office.imports, reader, manager, seller),
        *server.boxoffice.routes.guest_routes(office.hosting, reader, manager, ScannerRealm(db)),
    ]


def planning_of(parts: Parts, draftsman: Draftsman) -> Planning:
    db, catalog = parts.db, parts.catalog
    events = Events(db, catalog)
    allocating = Allocating(db, catalog)
    return Planning(
        venues=Venues(db),
        maps=Maps(db, draftsman),
        versions=Versions(db, draftsman),
        events=events,
        covers=Covers(db, catalog, events, parts.objects),
        ticketing=Ticketing(db, catalog, events),
        assortment=Assortment(db),
        openings=Openings(db, catalog, events),
        allocating=allocating,
        hosts=Hosts(db),
        office=Office(
            Selling(db, catalog, allocating, parts.tickets),
            Hosting(db, catalog, allocating, parts.tickets),
            Imports(db, catalog, allocating),
        ),
        self_tests=SelfTests(
            House(
                db=db,
                catalog=catalog,
                inventory=parts.inventory,
                checkout=parts.checkout,
                payments=parts.payments,
                tickets=parts.tickets,
                checkin=parts.checkin,
                refunds=parts.refunds,
                cancellations=parts.cancellations,
            )
        ),
    )


def _org_operations(settings: Settings, parts: Parts) -> list[Operation]:
    db, tokens = parts.db, parts.tokens

    def operator(permission: str) -> OperatorRealm:
        return OperatorRealm(db, tokens, permission)

    service = ServiceRealm(db, settings.services)
    support, superadmin = (StaffRealm(db, tokens, role) for role in ("support", "superadmin"))
    account, reader, manager = (
        AccountRealm(db, tokens, "operator"),
        operator("org:read"),
        operator("org:manage"),
    )
    return [
        *server.orgs.org_routes.routes(db, account, reader, manager),
        *server.orgs.member_routes.routes(
            db, parts.invitations, account, reader, operator("member:manage")
        ),
        *server.orgs.key_routes.routes(db, operator("key:manage")),
        *server.audit.routes.routes(db, operator("audit:read")),
        *server.orgs.partner_routes.routes(db, PartnerRealm(settings.partners)),
        *server.orgs.staff_routes.routes(db, support, superadmin),
        *server.outbox.routes.routes(db, support, superadmin),
        *server.orgs.site_routes.routes(db, parts.sites, reader, manager),
        *server.payments.account_routes.routes(
            parts.payments.accounts, parts.catalog, reader, manager
        ),
        *server.orgs.switch_routes.routes(db, reader, manager, support, superadmin),
        *server.catalog.switch_routes.routes(
            db, parts.catalog, operator("event:manage"), superadmin
        ),
        *server.checkin.key_routes.routes(db, operator("key:manage")),
        *server.checkout.network_routes.routes(db, parts.catalog, service),
        *server.inventory.network_routes.routes(db, parts.catalog, service),
        *server.hooks.routes.routes(parts.hooks, operator("key:manage"), operator("order:read")),
        *server.reports.routes.routes(Reports(db), operator("sales:read"), operator("order:read")),
        *server.settlement.routes.routes(parts.settling, operator("sales:read"), service),
    ]

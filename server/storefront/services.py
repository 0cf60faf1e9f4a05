"""What pages ask."""

from dataclasses import dataclass

from server.admission.service import Admission
from server.boxoffice.guests import Hosting
from server.boxoffice.imports import Imports
from server.boxoffice.selling import Selling
from server.catalog.covers import Covers
from server.catalog.events import Events
from server.catalog.hosts import Hosts
from server.catalog.maps import Maps
from server.catalog.products import Assortment
from server.catalog.service import Catalog
from server.catalog.terms import Terms
from server.catalog.ticket_types import Ticketing
from server.catalog.venues import Venues
from server.catalog.versions import Versions
from server.checkin.service import Checkin
from server.checkout.discounts import Discounting
from server.checkout.drafts import Drafts
from server.checkout.orders import Orders
from server.checkout.service import Checkout
from server.checkout.shares import Shares
from server.hooks.service import Hooks
from server.identity.accounts import Accounts
from server.identity.realms import BuyerRealm
from server.identity.tokens import Tokens
from server.inventory.allocations import Allocating
from server.inventory.openings import Openings
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.notify.orders import OrderLetters
from server.orgs.invitations import Invitations
from server.orgs.sites import Sites
from server.payments.service import Payments
from server.points.accounts import PointAccounts
from server.refunds.cancelling import Cancellations
from server.refunds.requests import Requests
from server.refunds.service import Refunds
from server.selftest.service import SelfTests
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers
from server.tickets.wallets import Wallets


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of error of the API, for the page that its `type` names: `/problems/{slug}`."""

    slug: str
    title: str
    status: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Office:
    """What is sold without a buyer online."""

    selling: Selling
    hosting: Hosting
    imports: Imports


@dataclass(frozen=True, slots=True)
class Planning:
    """What an evening is planned with, and sold with by people."""

    venues: Venues
    maps: Maps
    versions: Versions
    events: Events
    covers: Covers
    ticketing: Ticketing
    assortment: Assortment
    openings: Openings
    allocating: Allocating
    hosts: Hosts
    office: Office
    self_tests: SelfTests


@dataclass(frozen=True, slots=True)
class Refunding:
    """What goes back, why, and for whom."""

    refunds: Refunds
    requests: Requests
    cancellations: Cancellations


@dataclass(frozen=True, slots=True)
class Dividing:
    """Orders before they are paid, and several people who pay one."""

    drafts: Drafts
    shares: Shares


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    tokens: Tokens
    accounts: Accounts
    buyer: BuyerRealm
    catalog: Catalog
    admission: Admission
    inventory: Inventory
    payments: Payments
    checkout: Checkout
    tickets: Tickets
    transfers: Transfers
    letters: OrderLetters
    wallets: Wallets
    checkin: Checkin
    hooks: Hooks
    invitations: Invitations
    sites: Sites
    planning: Planning
    refunding: Refunding
    sharing: Dividing
    discounts: Discounting
    points: PointAccounts
    terms: Terms
    orders: Orders

"""What pages ask."""

from dataclasses import dataclass

from server.admission.service import Admission
from server.catalog.covers import Covers
from server.catalog.events import Events
from server.catalog.maps import Maps
from server.catalog.service import Catalog
from server.catalog.ticket_types import Ticketing
from server.catalog.venues import Venues
from server.catalog.versions import Versions
from server.checkin.service import Checkin
from server.checkout.service import Checkout
from server.hooks.service import Hooks
from server.identity.accounts import Accounts
from server.identity.realms import BuyerRealm
from server.identity.tokens import Tokens
from server.inventory.openings import Openings
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.orgs.invitations import Invitations
from server.orgs.sites import Sites
from server.tickets.service import Tickets


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of error of the API, for the page that its `type` names: `/problems/{slug}`."""

    slug: str
    title: str
    status: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Planning:
    """What an evening is planned with."""

    venues: Venues
    maps: Maps
    versions: Versions
    events: Events
    covers: Covers
    ticketing: Ticketing
    openings: Openings


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    tokens: Tokens
    accounts: Accounts
    buyer: BuyerRealm
    catalog: Catalog
    admission: Admission
    inventory: Inventory
    checkout: Checkout
    tickets: Tickets
    checkin: Checkin
    hooks: Hooks
    invitations: Invitations
    sites: Sites
    planning: Planning

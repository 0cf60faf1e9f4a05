"""Pages that work without scripts. Wired by `server.app` with the services below it."""

from starlette.routing import BaseRoute

from server.catalog.service import Catalog
from server.checkin.service import Checkin
from server.checkout.service import Checkout
from server.identity.tokens import Tokens
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.settings import Settings
from server.tickets.service import Tickets


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
) -> list[BaseRoute]:
    return []

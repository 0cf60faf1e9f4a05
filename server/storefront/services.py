"""What pages ask."""

from dataclasses import dataclass
from typing import Protocol

import msgspec

from server.catalog.service import Catalog
from server.checkout.service import Checkout
from server.identity.models import Scanner
from server.identity.realms import BuyerRealm
from server.identity.tokens import Tokens
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.kernel.idempotency import Key
from server.tickets.service import Tickets


class ScanForm(msgspec.Struct):
    """What a door says in the form of the display."""

    token: str
    gate: str


class Admitted(Protocol):
    @property
    def label(self) -> str: ...


class Doors(Protocol):
    """Check-in, as far as a page needs it: neither of the two domains knows the other."""

    async def scan(self, scanner: Scanner, wish: ScanForm, key: Key | None) -> Admitted:
        """Raises DomainError, with the ticket's label among its facts, where nobody is let in."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    tokens: Tokens
    buyer: BuyerRealm
    catalog: Catalog
    inventory: Inventory
    checkout: Checkout
    tickets: Tickets
    doors: Doors

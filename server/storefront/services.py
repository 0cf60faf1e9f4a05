"""What pages ask: the process's parts as far as this domain may know them."""

from typing import Any, Protocol

from server.catalog.service import Catalog
from server.checkout.service import Checkout
from server.identity.realms import BuyerRealm
from server.identity.tokens import Tokens
from server.inventory.service import Inventory
from server.kernel.db import Database
from server.tickets.service import Tickets


class Services(Protocol):
    @property
    def db(self) -> Database: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def buyer(self) -> BuyerRealm: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def inventory(self) -> Inventory: ...
    @property
    def checkout(self) -> Checkout: ...
    @property
    def tickets(self) -> Tickets: ...


class _Snapshot(Protocol):
    def snapshot(self) -> bytes: ...


class _Source(Protocol):
    async def load(self, channel: str) -> Any: ...


class LiveReads(Protocol):
    """The first picture of a live page: the snapshot that its stream would begin with."""

    @property
    def source(self) -> _Source: ...

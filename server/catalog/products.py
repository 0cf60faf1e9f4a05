"""Products of an event: kept by its organization, offered to its buyers, never deleted."""

import uuid
from collections.abc import Collection

import msgspec

from server import audit
from server.catalog import events
from server.catalog import sql_products as sql
from server.catalog.models import Event
from server.catalog.product_models import Product, ProductChange, Products, ProductWish
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across


class Assortment:
    """Of one organization's events each: another's are NotFound."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_event(self, org_id: str, event_id: uuid.UUID) -> Products:
        """At the prices that the organizer set. Raises NotFound."""
        async with self._db.tx(read_only=True) as tx:
            await events.find(tx, org_id, event_id)
            return Products(await sql.OF_EVENT.all(tx, event_id, org_id, True))

    async def offered(self, event: Event) -> Products:
        """What is on sale with the event, for what a buyer pays, all-in."""
        charges = event.prices.charges().without_fee
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            found = await sql.OF_EVENT.all(tx, event.id, event.org_id, False)
        for product in found:
            product.price_minor = charges.all_in(product.price_minor)
        return Products(found)

    async def create(
        self, org_id: str, event_id: uuid.UUID, wish: ProductWish, key: Key | None
    ) -> Product:
        """Raises NotFound."""

        async def act(tx: Tx) -> Product:
            await events.lock(tx, org_id, event_id)
            made = Product(
                uuid7(), event_id, wish.name, wish.description, wish.price_minor, wish.stock,
                wish.per_order_max, wish.is_on_sale, wish.sort,
            )  # fmt: skip
            await sql.INSERT.run(tx, *msgspec.structs.astuple(made), org_id)
            await audit.record(
                tx, org_id, "product.created", subject=f"product:{made.id}",
                data=msgspec.to_builtins(wish),
            )  # fmt: skip
            return made

        return await idempotency.settled(self._db, key, Product, act)

    async def change(
        self, org_id: str, product_id: uuid.UUID, wish: ProductChange, key: Key | None
    ) -> Product:
        """Raises NotFound."""

        async def act(tx: Tx) -> Product:
            before = await sql.LOCK.first(tx, product_id, org_id)
            if before is None:
                raise NotFound("no such product")
            told = msgspec.to_builtins(wish)
            after = msgspec.structs.replace(before, **told)
            await sql.UPDATE.run(
                tx, product_id, org_id, after.name, after.description, after.price_minor,
                after.stock, after.per_order_max, after.is_on_sale, after.sort,
            )  # fmt: skip
            was = {name: getattr(before, name) for name in told}
            await audit.record(
                tx, org_id, "product.updated", subject=f"product:{product_id}",
                data={"before": was, "after": told},
            )  # fmt: skip
            return after

        return await idempotency.settled(self._db, key, Product, act)


async def on_sale(tx: Tx, event_id: uuid.UUID, product_ids: Collection[uuid.UUID]) -> list[Product]:
    """Those of these that are on sale."""
    return await sql.ON_SALE.all(tx, event_id, sorted(product_ids))


async def lock_on_sale(
    tx: Tx, event_id: uuid.UUID, product_ids: Collection[uuid.UUID]
) -> list[Product]:
    """As `on_sale`; until `tx` ends nobody else counts their stock."""
    return await sql.LOCK_ON_SALE.all(tx, event_id, sorted(product_ids))

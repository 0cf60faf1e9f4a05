"""What an order has beside places: products, for as long as their stock lasts.

Nobody has to give stock back: what counts is what orders that may still be paid, or are, have.
"""

import uuid
from collections.abc import Sequence

from server.catalog import products
from server.checkout import sql_extras as sql
from server.checkout.models import CheckoutInvalid, OrderItem, ProductSoldOut, ProductWanted
from server.kernel.db import Tx
from server.kernel.ids import uuid7
from server.pricing.models import QuoteItem, Ware


async def take(
    tx: Tx, event_id: uuid.UUID, wanted: Sequence[ProductWanted], *, claims: bool
) -> list[Ware]:
    """The products at their prices of now; `claims`: for an order, so that their stock is locked
    until `tx` ends.

    Raises CheckoutInvalid for what is not sold, ProductSoldOut. Writes nothing.
    """
    if not wanted:
        return []
    quantities = {wish.product_id: wish.quantity for wish in wanted}
    if len(quantities) < len(wanted):
        raise CheckoutInvalid("products: name each once", field="products")
    on_sale = products.lock_on_sale if claims else products.on_sale
    found = {of.id: of for of in await on_sale(tx, event_id, quantities)}
    if len(found) < len(quantities):
        detail = "products: one of them is not sold with this event"
        raise CheckoutInvalid(detail, field="products")
    used = {row.product_id: row.quantity for row in await sql.USED.all(tx, list(found))}
    wares = []
    for product_id, quantity in quantities.items():
        of = found[product_id]
        if quantity > of.per_order_max:
            detail = f"products: at most {of.per_order_max} of {of.name} in one order"
            raise CheckoutInvalid(detail, field="products")
        if of.stock is not None:
            left = max(0, of.stock - used.get(product_id, 0))
            if quantity > left:
                raise ProductSoldOut(product_id, of.name, left)
        wares.append(Ware(product_id, of.name, quantity, of.price_minor))
    return wares


async def insert(tx: Tx, org_id: str, order_id: uuid.UUID, items: Sequence[QuoteItem]) -> None:
    if items:
        await sql.INSERT.run(
            tx,
            org_id,
            order_id,
            sorted(uuid7() for _ in items),
            [item.product_id for item in items],
            [item.name for item in items],
            [item.quantity for item in items],
            [item.unit_price_minor for item in items],
            [item.discount_minor for item in items],
            [item.parts.fee_minor for item in items],
            [item.parts.tax_minor for item in items],
        )


async def of_order(tx: Tx, order_id: uuid.UUID) -> list[OrderItem]:
    return await sql.OF_ORDER.all(tx, order_id)

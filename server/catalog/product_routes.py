"""/v1/events/{event_id}/products, /v1/products/{product_id}."""

from server.catalog.event_routes import READS, WRITES
from server.catalog.product_models import Product, ProductChange, Products, ProductWish
from server.catalog.products import Assortment
from server.catalog.service import Catalog
from server.identity.realms import Public
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


def routes(
    catalog: Catalog, assortment: Assortment, reader: OperatorRealm, operator: OperatorRealm
) -> list[Operation]:
    async def list_products(call: Call) -> Products:
        return await assortment.offered(await catalog.event(call.uuid("event_id")))

    async def list_own_products(call: Call) -> Products:
        return await assortment.of_event(call.actor.org_id, call.uuid("event_id"))

    async def create_product(call: Call, body: ProductWish) -> Product:
        event_id = call.uuid("event_id")
        return await assortment.create(call.actor.org_id, event_id, body, call.key)

    async def change_product(call: Call, body: ProductChange) -> Product:
        product_id = call.uuid("product_id")
        return await assortment.change(call.actor.org_id, product_id, body, call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/products", list_products, Public(),
            "What is sold beside the event's places", returns=Products, errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/org/events/{event_id}/products", list_own_products, reader,
            "The event's products, also those that are not on sale",
            returns=Products, errors=READS,
        ),
        Operation(
            "POST", "/v1/events/{event_id}/products", create_product, operator,
            "Sell something beside places: a drink, parking",
            body=ProductWish, returns=Product, status=201, idempotent=True, errors=WRITES,
        ),
        Operation(
            "PATCH", "/v1/products/{product_id}", change_product, operator, "Change a product",
            body=ProductChange, returns=Product, idempotent=True, errors=WRITES,
        ),
    ]  # fmt: skip

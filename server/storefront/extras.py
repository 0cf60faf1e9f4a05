"""What is sold beside places of an event: drinks, parking, a programme."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventSetup, Text
from server.catalog.product_models import (
    Description,
    PerOrder,
    Product,
    ProductChange,
    ProductWish,
    Sort,
    Stock,
)
from server.kernel.errors import NotFound
from server.storefront.filling import Filling, typed
from server.storefront.forms import read_form
from server.storefront.portal import Desk, EventPortal, key_for, uuid_of

_NEW = {"per_order_max": "10", "sort": "0", "is_on_sale": "yes"}


class ProductPages(EventPortal):
    async def products(self, request: Request) -> Response:
        """GET .../products"""
        desk, setup = await self._event(request)
        return await self._list(request, desk, setup, Filling(_NEW))

    async def add(self, request: Request) -> Response:
        """POST .../products : a new one."""
        desk, setup = await self._event(request)
        form = await read_form(request)
        filled = Filling.of(form)
        told = _told(filled, setup)
        if not filled:
            return await self._list(request, desk, setup, filled)
        key = key_for(form, request, desk.actor.name)
        wish = ProductWish(**told)
        await self._parts.planning.assortment.create(desk.org_id, setup.id, wish, key)
        return self._saved(desk, f"/organizer/events/{setup.id}/products")

    async def product(self, request: Request) -> Response:
        """GET .../products/{product_id}"""
        desk, setup = await self._event(request)
        product = await self._product(request, desk, setup)
        told = {
            "name": product.name,
            "description": product.description,
            "price_minor": typed(product.price_minor, setup.currency),
            "stock": "" if product.stock is None else str(product.stock),
            "per_order_max": str(product.per_order_max),
            "sort": str(product.sort),
            "is_on_sale": "yes" if product.is_on_sale else "",
        }
        return self._page(request, desk, setup, product, Filling(told))

    async def change(self, request: Request) -> Response:
        """POST .../products/{product_id} : as it shall be."""
        desk, setup = await self._event(request)
        product = await self._product(request, desk, setup)
        form = await read_form(request)
        filled = Filling.of(form)
        told = _told(filled, setup)
        if not filled:
            return self._page(request, desk, setup, product, filled)
        key = key_for(form, request, desk.actor.name)
        wish = ProductChange(**told)
        await self._parts.planning.assortment.change(desk.org_id, product.id, wish, key)
        return self._saved(desk, f"/organizer/events/{setup.id}/products")

    async def _product(self, request: Request, desk: Desk, setup: EventSetup) -> Product:
        product_id = uuid_of(request.path_params["product_id"], "product")
        for product in await self._of_event(desk, setup):
            if product.id == product_id:
                return product
        raise NotFound("there is no such product")

    async def _of_event(self, desk: Desk, setup: EventSetup) -> list[Product]:
        return (await self._parts.planning.assortment.of_event(desk.org_id, setup.id)).items

    async def _list(
        self, request: Request, desk: Desk, setup: EventSetup, filled: Filling
    ) -> Response:
        return self._show(
            request,
            desk,
            "event_products.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            products=await self._of_event(desk, setup),
            filled=filled,
        )

    def _page(
        self, request: Request, desk: Desk, setup: EventSetup, product: Product, filled: Filling
    ) -> Response:
        return self._show(
            request,
            desk,
            "product.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            product=product,
            filled=filled,
        )


def _told(filled: Filling, setup: EventSetup) -> dict[str, Any]:
    """Fields of a product; what is wrong is told in `filled`."""
    take = filled.take
    return {
        "name": take("name", Text, "Say what it is, such as Parking."),
        "description": take("description", Description, "At most 1,000 characters."),
        "price_minor": filled.amount("price_minor", setup.currency),
        "stock": filled.maybe("stock", Stock, "A whole number, or nothing for no limit."),
        "per_order_max": take("per_order_max", PerOrder, "A whole number from 1 to 1,000."),
        "sort": take("sort", Sort, "A whole number from -1,000 to 1,000."),
        "is_on_sale": bool(filled.get("is_on_sale")),
    }

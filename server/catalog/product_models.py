"""What is sold beside places: drinks, parking, a programme."""

import uuid
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from server.catalog.event_models import Text
from server.catalog.prices import Price

Description = Annotated[str, msgspec.Meta(max_length=1_000)]
Stock = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
PerOrder = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Sort = Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)]


class ProductWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`price_minor`: in the event's currency; `stock`: so many in all, null for no bound;
    `is_on_sale`: buyers see it; `sort`: the lowest comes first."""

    name: Text
    price_minor: Price
    description: Description = ""
    stock: Stock | None = None
    per_order_max: PerOrder = 10
    is_on_sale: bool = True
    sort: Sort = 0


class ProductChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is; null takes away what may be missing. Orders keep the name
    and price that they were made with."""

    name: Text | UnsetType = UNSET
    price_minor: Price | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    stock: Stock | UnsetType | None = UNSET
    per_order_max: PerOrder | UnsetType = UNSET
    is_on_sale: bool | UnsetType = UNSET
    sort: Sort | UnsetType = UNSET


class Product(msgspec.Struct):
    id: uuid.UUID
    event_id: uuid.UUID
    name: str
    description: str
    price_minor: int
    stock: int | None
    per_order_max: int
    is_on_sale: bool
    sort: int


class Products(msgspec.Struct):
    items: list[Product]

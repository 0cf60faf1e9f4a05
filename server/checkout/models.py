"""Orders as their buyers and organizers see them."""

import datetime as dt
import re
import uuid
from typing import Annotated, Literal

import msgspec

from server.inventory.models import SeatIdx
from server.kernel.errors import DomainError

OrderStatus = Literal[
    "draft", "pending", "confirmed", "partially_refunded", "refunded", "cancelled", "expired"
]
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class ProductWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    product_id: uuid.UUID
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class CheckoutRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What a buyer says to turn a hold into an order. `products`: what is bought beside places."""

    hold_id: uuid.UUID
    email: Annotated[str, msgspec.Meta(max_length=254)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    provider: Annotated[str, msgspec.Meta(max_length=40)] = "sandbox"
    products: Annotated[list[ProductWanted], msgspec.Meta(max_length=50)] = []


class Order(msgspec.Struct):
    """The order's own row. `note` says why it ended otherwise than hoped."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    hold_id: uuid.UUID
    buyer_id: uuid.UUID
    status: OrderStatus
    email: str
    name: str
    language: str
    currency: str
    total_minor: int
    note: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    confirmed_at: dt.datetime | None


class OrderLine(msgspec.Struct):
    """A seat, or `quantity` places of a standing area, on each leg from `leg_first` to `leg_last`.
    `live`: paid for and not refunded."""

    id: uuid.UUID
    seat_idx: int | None
    pool_id: uuid.UUID | None
    leg_first: int
    leg_last: int
    quantity: int
    label: str
    section: str
    unit_price_minor: int
    total_minor: int
    live: bool
    ticket_type_id: uuid.UUID | None
    ticket_type: str


class OrderItem(msgspec.Struct):
    """A product, under the name and price that it was ordered with."""

    id: uuid.UUID
    product_id: uuid.UUID
    name: str
    quantity: int
    unit_price_minor: int
    total_minor: int


class SoldSeat(msgspec.Struct):
    """Who has a seat, on the legs from `leg_first` to `leg_last`."""

    order_id: uuid.UUID
    line_id: uuid.UUID
    name: str
    email: str
    label: str
    leg_first: int
    leg_last: int


class SoldSeats(msgspec.Struct):
    items: list[SoldSeat]


class SeatWish(msgspec.Struct, forbid_unknown_fields=True):
    """The seat that an order line shall have instead of its own."""

    seat_idx: SeatIdx


class PaymentView(msgspec.Struct):
    provider: str
    status: str
    redirect_url: str | None


class OrderView(msgspec.Struct):
    id: uuid.UUID
    event_id: uuid.UUID
    hold_id: uuid.UUID
    status: OrderStatus
    email: str
    name: str
    currency: str
    total_minor: int
    note: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    confirmed_at: dt.datetime | None
    lines: list[OrderLine]
    payment: PaymentView | None
    products: list[OrderItem]


class CheckoutStarted(msgspec.Struct):
    """`redirect_url`: the provider's page; our own order page where there is nothing to pay."""

    order: OrderView
    redirect_url: str


class CheckoutInvalid(DomainError):
    """The buyer's details cannot be right."""


class ProductSoldOut(DomainError):
    """Fewer of the product are left than were wanted."""

    def __init__(self, product_id: uuid.UUID, name: str, available: int) -> None:
        super().__init__(
            f"of {name} only {available} are left: take fewer",
            product_id=product_id, available=available,
        )  # fmt: skip


class LineNotSold(DomainError):
    """The order line is not paid for, or was paid back, or has no seat."""

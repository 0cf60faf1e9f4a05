"""Orders as their organizer's people look for them."""

import datetime as dt
import uuid
from typing import Annotated

import msgspec

from server.checkout.models import Channel, OrderStatus


class OrderQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`q`: the beginning of a name or an e-mail address, or an order's id."""

    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    next_token: uuid.UUID | None = None
    status: OrderStatus | None = None
    channel: Channel | None = None
    q: Annotated[str, msgspec.Meta(max_length=254)] = ""


class OrderRow(msgspec.Struct):
    """`places`: that were ordered."""

    id: uuid.UUID
    status: OrderStatus
    channel: Channel
    name: str
    email: str
    places: int
    currency: str
    total_minor: int
    paid_minor: int
    created_at: dt.datetime


class OrderPage(msgspec.Struct):
    items: list[OrderRow]
    next_token: uuid.UUID | None = None

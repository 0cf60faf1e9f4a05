"""Tickets as their holders see them."""

import datetime as dt
import uuid
from typing import Literal

import msgspec

from server.checkout.models import OrderView

TicketStatus = Literal["valid", "used", "void", "refunded"]


class Ticket(msgspec.Struct):
    """The ticket's own row."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    order_id: uuid.UUID
    seat_idx: int | None
    label: str
    holder_name: str
    status: TicketStatus
    issued_at: dt.datetime
    used_at: dt.datetime | None


class TicketView(msgspec.Struct):
    """`code` opens the public page at `url`; `scan_token` is what the QR code says at the door."""

    id: uuid.UUID
    event_id: uuid.UUID
    order_id: uuid.UUID
    label: str
    holder_name: str
    status: TicketStatus
    code: str
    url: str
    scan_token: str
    issued_at: dt.datetime
    used_at: dt.datetime | None


class TicketPage(msgspec.Struct):
    items: list[TicketView]
    next_token: str | None = None


class OrderWithTickets(OrderView, kw_only=True):
    tickets: list[TicketView]

"""What others are told about orders."""

from typing import Any

from server.checkout.models import Order
from server.kernel.context import Context
from server.outbox.models import Fact


def order_fact(verb: str, order: Order, caused: Context | None = None, **more: Any) -> Fact:
    """`caused`: whose doing it is, where it is not the context's; `more`: what this verb tells
    beside what all of them do."""
    data = {
        "order_id": str(order.id),
        "event_id": str(order.event_id),
        "hold_id": str(order.hold_id),
        "total_minor": order.total_minor,
        "currency": order.currency,
    }
    return Fact(f"order.{verb}", order.org_id, f"order:{order.id}", data | more, caused)

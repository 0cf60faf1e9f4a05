"""How an order may move: from each status to the next ones, and no other way."""

from collections.abc import Mapping

from server.checkout.models import OrderStatus

MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    # Its payment begins, its hold has ended, its buyer has thought better of it.
    "draft": frozenset({"pending", "expired", "cancelled"}),
    # Unpaid in time, paid, or paid when its places were gone.
    "pending": frozenset({"expired", "confirmed", "cancelled"}),
    # A hold that is extended, and money that comes late, revive it.
    "expired": frozenset({"pending", "confirmed", "cancelled"}),
    "confirmed": frozenset({"partially_refunded", "refunded", "cancelled"}),
    "partially_refunded": frozenset({"refunded", "cancelled"}),
    # Money came too late for it, and went back.
    "cancelled": frozenset({"refunded"}),
    "refunded": frozenset(),
}

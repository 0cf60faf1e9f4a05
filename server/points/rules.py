"""How many points: pure functions. Amounts are minor units of the order's currency."""

from server.orgs.settings_models import PointsRule
from server.points.models import Standing


def needed(rule: PointsRule, amount_minor: int) -> int:
    """Points that pay the amount: the last one counts whole, though less of it may be needed."""
    return -(-amount_minor // rule.worth_minor)


def usable(rule: PointsRule, balance: int, due_minor: int, coin: int) -> tuple[int, int]:
    """The most that an order of this price may use, and what they take off it, a multiple of
    `coin`; 0 where that is fewer than it must."""
    worth_minor = min(balance, rule.per_order_max or balance) * rule.worth_minor
    off_minor = min(worth_minor, due_minor) // coin * coin
    most = needed(rule, off_minor)
    return (most, off_minor) if most >= rule.per_order_min else (0, 0)


def kept(used: int, of: Standing) -> int:
    """Of the points that an order was ordered with those that it has now: all while it may be paid,
    none if it never was. What goes back gives back its share, by full prices, rounded down, so
    that with the last of it all are back."""
    if of.is_open:
        return used
    if not of.is_bought or not of.whole_minor:
        return 0
    return used - used * of.gone_minor // of.whole_minor


def earned(points: int, per_minor: int, of: Standing) -> int:
    """`points` for each `per_minor` that was paid and did not go back, in proportion, rounded
    down."""
    return of.paid_minor * points // per_minor if of.is_bought else 0

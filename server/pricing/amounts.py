"""What of a line's money goes back: exact to the minor unit, whatever is paid back in which parts.

Pure functions. Amounts are minor units of one currency, quantities are places or pieces.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import msgspec


class Amounts(msgspec.Struct, frozen=True):
    """What is in an all-in price: the platform's fee, taxes, and the host's net, which is the rest.
    `discount_minor` was taken off before."""

    total_minor: int
    fee_minor: int
    tax_minor: int
    discount_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.total_minor - self.fee_minor - self.tax_minor

    def less(self, part: "Amounts") -> "Amounts":
        return Amounts(
            self.total_minor - part.total_minor,
            self.fee_minor - part.fee_minor,
            self.tax_minor - part.tax_minor,
            self.discount_minor - part.discount_minor,
        )


def part_of(
    whole: Amounts, unit_price_minor: int, quantity: int, wanted: int, coin: int = 1
) -> Amounts:
    """What `wanted` of `quantity` pieces have of the whole, in proportion and rounded down; what
    stays has the rest. Both are sane: neither has more fee and tax than its total, and of a price
    in multiples of `coin` both totals are such.

    The whole is `quantity` x `unit_price_minor` less its discount, and so is each part.
    """
    if unit_price_minor % coin or whole.discount_minor % coin:
        coin = 1  # as the box office made it
    discount = whole.discount_minor * wanted // (quantity * coin) * coin
    total = unit_price_minor * wanted - discount
    fee, tax = (minor * wanted // quantity for minor in (whole.fee_minor, whole.tax_minor))
    # What was rounded down must not leave the rest with more fee and tax than it costs.
    excess = max(0, total - fee - tax - whole.net_minor)
    more_fee = min(excess, whole.fee_minor - fee)
    return Amounts(total, fee + more_fee, tax + excess - more_fee, discount)


def paid_back(of: Amounts, coin: int = 1, *, keeps_fee: bool) -> Amounts:
    """What goes back of it: all, or all but the fee and the tax on the fee, as many coins as are in
    that. What is less than one stays with the host."""
    if not keeps_fee or not of.fee_minor:
        return of
    tax = of.tax_minor * of.net_minor // (of.net_minor + of.fee_minor)
    total = (of.net_minor + tax) // coin * coin
    return Amounts(total, 0, min(tax, total))


def sum_of(parts: Sequence[Amounts]) -> Amounts:
    return Amounts(
        sum(part.total_minor for part in parts),
        sum(part.fee_minor for part in parts),
        sum(part.tax_minor for part in parts),
        sum(part.discount_minor for part in parts),
    )


def spread(amount_minor: int, room_minor: Sequence[int], coin: int = 1) -> list[int]:
    """How much of the amount each payment gives back, in proportion to what it has.

    `room_minor`: what each still has. What none of them has is given by none. Each gives a multiple
    of `coin` where amount and rooms are such.
    """
    rooms = [max(0, room) for room in room_minor]
    total = sum(rooms)
    amount_minor = min(amount_minor, total)
    if not total:
        return [0 for _ in rooms]
    if any(minor % coin for minor in (amount_minor, *rooms)):
        coin = 1
    # Each gives what is between two roundings of the sum: together they are all, and none more than
    # it has.
    sums = [amount_minor * upto // (total * coin) * coin for upto in accumulate(rooms, initial=0)]
    return [after - before for before, after in pairwise(sums)]

"""How much each share of an order is: exact to the last minor unit, and what can be paid.

Shares are multiples of the currency's `coin`, as far as the order's total is one.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from server.checkout.models import OrderLine
from server.checkout.share_models import Division, DivisionRefused


class Part(msgspec.Struct):
    """A share to be. `places`: quantities by line."""

    amount_minor: int
    name: str | None = None
    places: Mapping[uuid.UUID, int] = {}


def parts(
    division: Division, total_minor: int, coin: int, lines: Sequence[OrderLine]
) -> list[Part]:
    """They add up to the total. Raises DivisionRefused."""
    if (division.equal is None) == (not division.shares) or division.deposit:
        raise DivisionRefused("equal, shares, deposit: say one of them, and the others not")
    found = (
        _by_place(division, total_minor, coin, lines)
        if division.equal is None
        else _equal(division.equal, total_minor, coin)
    )
    if not all(part.amount_minor for part in found):
        raise DivisionRefused("nobody can pay nothing: put what is free with what is not")
    return found


def _equal(count: int, total_minor: int, coin: int) -> list[Part]:
    """What a division leaves over is paid by the first ones, a coin each."""
    coins, rest_minor = divmod(total_minor, coin)
    each, over = divmod(coins, count)
    found = [Part((each + (nth < over)) * coin) for nth in range(count)]
    found[0].amount_minor += rest_minor
    return found


def _by_place(
    division: Division, total_minor: int, coin: int, lines: Sequence[OrderLine]
) -> list[Part]:
    known = {line.id: line for line in lines}
    taken: Counter[uuid.UUID] = Counter()
    found: list[Part] = []
    for wish in division.shares:
        places: dict[uuid.UUID, int] = defaultdict(int)
        for place in wish.places:
            if place.line_id not in known:
                raise DivisionRefused("the order has no such line", line_id=place.line_id)
            places[place.line_id] += place.quantity
        amount_minor = 0
        for line_id, quantity in places.items():
            line, before = known[line_id], taken[line_id]
            taken[line_id] = after = before + quantity
            if after > line.quantity:
                detail = f"of {line.label} there are {line.quantity}, not {after}"
                raise DivisionRefused(detail, line_id=line_id)
            # Each gets what is between two roundings of the line's sum: together they are all.
            amount_minor += _upto(line, after, coin) - _upto(line, before, coin)
        found.append(Part(amount_minor, wish.name.strip() or None, dict(places)))
    for line in lines:
        if taken[line.id] < line.quantity:
            detail = f"nobody pays for {line.label}: each place is in one share"
            raise DivisionRefused(detail, line_id=line.id)
    found[0].amount_minor += total_minor - sum(part.amount_minor for part in found)
    return found


def _upto(line: OrderLine, count: int, coin: int) -> int:
    """What so many of a line's places are together: all of it, or so many coins."""
    if count == line.quantity:
        return line.total_minor
    return line.total_minor * count // (line.quantity * coin) * coin

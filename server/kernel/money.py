"""Money is an integer of minor units and an ISO 4217 currency; never a float, never a bare `/`."""

from collections.abc import Sequence
from functools import cache

from babel.core import get_global

from server.kernel.errors import BadRequest


@cache
def currencies() -> frozenset[str]:
    """Codes of ISO 4217 that somebody pays with today. Source: CLDR, currencies of territories."""
    by_territory = get_global("territory_currencies").values()
    used = (use for uses in by_territory for use in uses)
    return frozenset(code for code, _, until, is_tender in used if is_tender and not until)


def check(currency: str) -> None:
    """Raises BadRequest for a code that nobody pays with."""
    if currency not in currencies():
        raise BadRequest(
            f"currency: nobody pays with {currency} today: write a code of ISO 4217 such as EUR, "
            "USD or JPY"
        )


# Exponents that are not 2. Source: ISO 4217, List One.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def exponent(currency: str) -> int:
    """How many digits of a minor-unit amount stand after the decimal point."""
    return _EXPONENTS.get(currency, 2)


# Of which the smallest minor units are not paid by anybody. Source: providers' lists of currencies:
# Xendit's of rupiah, Stripe's of ariary and of those with three digits.
_COINS = {"IDR": 100, "MGA": 100, "BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10}


def coin(currency: str) -> int:
    """Of how many minor units an amount that is paid is a multiple."""
    return _COINS.get(currency, 1)


def divided(amount: int, by: int) -> int:
    """Rounded to the nearest whole, halves up; neither is negative, `by` is not 0."""
    return (2 * amount + by) // (2 * by)


def payable(amount_minor: int, least: int) -> int:
    """The nearest price that can be paid in coins of `least`, halves up: what costs something costs
    one of them."""
    return max(1, divided(amount_minor, least)) * least if amount_minor else 0


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """In proportion to the weights, of which one is not 0; the parts sum to the amount.

    Each is its exact share rounded down or up; up where most was lost, the first of equals.
    """
    whole = sum(weights)
    parts = [amount_minor * weight // whole for weight in weights]
    lost = [amount_minor * weight % whole for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda at: -lost[at])
    for at in by_loss[: amount_minor - sum(parts)]:
        parts[at] += 1
    return parts

"""Amounts as providers write them, whose currencies may have other digits than ISO 4217 says."""

from server.kernel.money import exponent
from server.payments.models import PaymentRefused


def to_provider(amount_minor: int, currency: str, digits: int) -> int:
    """The amount with `digits` after the point instead of the currency's own. Raises PaymentRefused
    where it has more."""
    more = digits - exponent(currency)
    if more >= 0:
        return amount_minor * 10**more
    whole, rest = divmod(amount_minor, 10**-more)
    if rest:
        raise PaymentRefused(
            f"the provider takes {currency} with {digits} digits after the point: choose prices so"
        )
    return whole


def from_provider(amount: int, currency: str, digits: int) -> int:
    """In minor units. Raises ValueError for less than one of them."""
    more = exponent(currency) - digits
    if more >= 0:
        return amount * 10**more
    whole, rest = divmod(amount, 10**-more)
    if rest:
        raise ValueError(f"{amount} is no amount of {currency}")
    return whole

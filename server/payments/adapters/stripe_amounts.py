"""Amounts as Stripe writes them. Source: docs.stripe.com/currencies, "special cases"."""

from server.kernel.money import exponent
from server.payments.adapters.amounts import from_provider, to_provider

_ZERO = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def to_stripe(amount_minor: int, currency: str) -> int:
    """Raises PaymentRefused."""
    return to_provider(amount_minor, currency, _digits(currency))


def from_stripe(amount: int, currency: str) -> int:
    """`currency`: in Stripe's lower case. Raises ValueError."""
    return from_provider(amount, currency.upper(), _digits(currency.upper()))


def _digits(currency: str) -> int:
    """Two also for ISK and UGX, which have none."""
    if currency in _ZERO:
        return 0
    return exponent(currency) if currency in _THREE else 2

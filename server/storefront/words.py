"""How pages write money, moments and counts. English, like the front-end."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.kernel.money import exponent

_SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$",
    "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱",
    "TWD": "NT$", "USD": "$", "VND": "₫", "XAF": "FCFA\u00a0", "XOF": "F\u202fCFA\u00a0",
}  # fmt: skip
"""Source: CLDR, English; other currencies show their code, as the browser's Intl does. What
must not be torn apart at a line's end has the space that holds."""

NBSP = "\u00a0"

PROVIDERS = {
    "stripe": "Stripe", "xendit": "Xendit", "sandbox": "Sandbox, for trying it out",
    "offline": "Box office",
}  # fmt: skip
"""Payment providers as people know them."""


def money(amount_minor: int, currency: str) -> str:
    """`4550, "EUR"` -> `€45.50`, `4500` -> `€45`: as the front-end writes it, exactly."""
    digits = exponent(currency)
    units, rest = divmod(abs(amount_minor), 10**digits)
    fraction = f".{rest:0{digits}d}" if rest else ""
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + NBSP)}{units:,}{fraction}"


def percent(rate_ppm: int) -> str:
    """`99750` -> `9.975`: a share as one would type it."""
    whole, rest = divmod(rate_ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") if rest else str(whole)


def local(moment: dt.datetime, timezone: str) -> dt.datetime:
    """The moment on the venue's clock; UTC where this machine does not know the zone."""
    try:
        return moment.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone(dt.UTC)


def day(moment: dt.datetime, pattern: str) -> str:
    """`strftime`, with `%-d` everywhere."""
    return moment.strftime(pattern.replace("%-d", str(moment.day)))


def count(number: int, one: str, many: str) -> str:
    """`1, "place", "places"` -> `1 place`."""
    return f"{number:,} {one if number == 1 else many}"


def within(minutes: int) -> str:
    """`12` -> `within 12 minutes`: how long a wait can be at most."""
    if minutes <= 1:
        return "within a minute"
    return f"within {minutes} minutes" if minutes < 120 else f"within {-(-minutes // 60)} hours"


def listed(items: list[str], shown_max: int = 4) -> str:
    """`a; b and c`: labels contain commas."""
    if len(items) > shown_max:
        items = [*items[:shown_max], f"{len(items) - shown_max} more"]
    return f"{'; '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def left(number: int) -> str:
    return f"{number:,} left" if number else "sold out"

"""What tickets and receipts say, by language; moments, places and amounts as it writes them."""

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_percent

from server.catalog.models import Event
from server.kernel.money import exponent

DEFAULT = "en"
_LOCALES = {"en": Locale("en", "GB"), "de": Locale("de")}
_OF_MONEY = {"en": Locale("en"), "de": Locale("de")}
"""British English would write other countries' money unlike our pages: JP¥ and US$."""

_TOUCHING = re.compile(r"(?<=[A-Za-z])(?=\d)")


class SheetWords(msgspec.Struct, frozen=True):
    doors: str
    help: str
    holder: str
    kind: str
    number: str
    qr: str
    show: str


SHEETS = {
    "en": SheetWords(
        doors="Doors open at {time}",
        help="Questions?",
        holder="Holder",
        kind="Ticket",
        number="Order",
        qr="QR code of the ticket",
        show="Show this code at the door, on paper or on a screen. Whoever shows it first comes "
        "in, so keep it to yourself.",
    ),
    "de": SheetWords(
        doors="Einlass ab {time}",
        help="Fragen?",
        holder="Name",
        kind="Karte",
        number="Bestellung",
        qr="QR-Code der Karte",
        show="Zeigen Sie diesen Code am Einlass, auf Papier oder auf dem Bildschirm. Wer ihn "
        "zuerst zeigt, kommt hinein: Geben Sie ihn nicht weiter.",
    ),
}


class ReceiptWords(msgspec.Struct, frozen=True):
    amount: str
    buyer: str
    discount: str
    help: str
    item: str
    net: str
    paid: str
    price: str
    quantity: str
    receipt: str
    refunded: str
    seller: str
    tax: str
    tax_number: str
    total: str


RECEIPTS = {
    "en": ReceiptWords(
        amount="Amount",
        buyer="Sold to",
        discount="Discount",
        help="Questions?",
        item="Item",
        net="Net of tax",
        paid="Paid",
        price="Price",
        quantity="Quantity",
        receipt="Receipt",
        refunded="Paid back",
        seller="Sold by",
        tax="Includes {name} {rate}",
        tax_number="Tax number",
        total="Total",
    ),
    "de": ReceiptWords(
        amount="Betrag",
        buyer="Verkauft an",
        discount="Rabatt",
        help="Fragen?",
        item="Artikel",
        net="Ohne Steuern",
        paid="Bezahlt",
        price="Preis",
        quantity="Anzahl",
        receipt="Rechnung",
        refunded="Erstattet",
        seller="Verkauft von",
        tax="Darin {name} {rate}",
        tax_number="Steuernummer",
        total="Summe",
    ),
}


def known(language: str) -> str:
    """The language, where there are words of it, else the default one."""
    return language if language in _LOCALES else DEFAULT


def local(moment: dt.datetime, timezone: str) -> dt.datetime:
    """On the venue's clock; UTC where this machine does not know the zone."""
    try:
        return moment.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone(dt.UTC)


def day(moment: dt.datetime, language: str, style: str = "full") -> str:
    """`Saturday 1 May 2027`."""
    return format_date(moment, style, locale=_LOCALES[language])


def hour(moment: dt.datetime, language: str) -> str:
    """`20:00`."""
    return format_time(moment, "short", locale=_LOCALES[language])


def when(event: Event, language: str) -> str:
    """`Saturday 1 May 2027, 20:00`, on the venue's clock."""
    at = local(event.starts_at, event.timezone)
    return f"{day(at, language)}, {hour(at, language)}"


def doors(event: Event, language: str) -> str:
    """When doors open; empty where nobody said so."""
    if event.doors_at is None:
        return ""
    at = local(event.doors_at, event.timezone)
    return SHEETS[language].doors.format(time=hour(at, language))


def address(event: Event, language: str) -> str:
    venue = event.venue
    return ", ".join(filter(None, (venue.address, venue.city, country(venue.country, language))))


def country(code: str, language: str) -> str:
    """`AT` -> `Austria`; the code itself where it is none that we know."""
    return _LOCALES[language].territories.get(code, code)


def percent(rate_ppm: int, language: str) -> str:
    """`99750` -> `9.975%`."""
    share = Decimal(rate_ppm).scaleb(-6)
    return format_percent(share, locale=_LOCALES[language], decimal_quantization=False)


def money(amount_minor: int, currency: str, language: str) -> str:
    """`€45.50`, `KWD\u00a012.500`, `¥1,200`. Exactly: no digit is rounded away.

    A code stands apart from its digits, as CLDR's `currencySpacing` has it, which Babel leaves out.
    """
    amount = Decimal(amount_minor).scaleb(-exponent(currency))
    written = format_currency(
        amount, currency, locale=_OF_MONEY[language], decimal_quantization=False
    )
    return _TOUCHING.sub("\u00a0", written)

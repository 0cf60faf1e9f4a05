"""An order's receipt as PDF: who sold what to whom, which taxes are in it, and what went back."""

import uuid

import msgspec

from server.catalog.models import Event
from server.catalog.service import Catalog
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.tickets import sql_receipts as sql
from server.tickets import words
from server.tickets.papers import Brand, Papers, number_of
from server.tickets.sql_receipts import ReceiptRow, SoldRow, TaxRow
from server.tickets.words import RECEIPTS, ReceiptWords


class Amount(msgspec.Struct):
    """`is_sum`: what is above it adds up to this."""

    label: str
    amount: str
    is_sum: bool = False


class ReceiptLine(msgspec.Struct):
    label: str
    note: str
    quantity: str
    price: str
    total: str


class ReceiptSheet(msgspec.Struct):
    """As `sheets/receipt.typ` takes it."""

    title: str
    language: str
    number: str
    date: str
    brand: Brand
    seller: list[str]
    buyer: list[str]
    event: str
    words: ReceiptWords
    lines: list[ReceiptLine]
    sums: list[Amount]


class Receipts:
    def __init__(self, db: Database, catalog: Catalog, papers: Papers) -> None:
        self._db, self._catalog, self._papers = db, catalog, papers

    async def receipt(
        self, order_id: uuid.UUID, buyer_id: uuid.UUID | None = None, language: str = words.DEFAULT
    ) -> bytes:
        """Of an order of the organization that is acted for, `buyer_id`: if it is this buyer's.

        Raises NotFound, also before it is paid; Overloaded.
        """
        async with self._db.tx(read_only=True) as tx:
            order = await sql.ORDER.first(tx, order_id)
            if order is None or (buyer_id is not None and order.buyer_id != buyer_id):
                raise NotFound("no such order")
            if order.confirmed_at is None:
                raise NotFound("there is a receipt once the order is paid")
            sold, taxes = await sql.SOLD.all(tx, order_id), await sql.TAXES.all(tx, order_id)
        language = words.known(language)
        event = await self._catalog.event(order.event_id)
        brand = await self._papers.brand(order.org_id)
        seller = await self._papers.seller(order.org_id, language)
        sheet = _sheet(order, sold, taxes, event, seller, brand, language)
        return await self._papers.press.print("receipt", sheet, order.confirmed_at)


def _sheet(
    order: ReceiptRow,
    sold: list[SoldRow],
    taxes: list[TaxRow],
    event: Event,
    seller: list[str],
    brand: Brand,
    language: str,
) -> ReceiptSheet:
    told = RECEIPTS[language]

    def money(amount_minor: int) -> str:
        return words.money(amount_minor, order.currency, language)

    assert order.confirmed_at is not None
    return ReceiptSheet(
        title=f"{told.receipt} {number_of(order.id)}",
        language=language,
        number=number_of(order.id),
        date=words.day(words.local(order.confirmed_at, event.timezone), language, "long"),
        brand=brand,
        seller=seller,
        buyer=[order.name, order.email],
        event=f"{event.name}, {words.when(event, language)}",
        words=told,
        lines=[
            ReceiptLine(
                label=row.label,
                note=_note(row, money(-row.discount_minor), told),
                quantity=str(row.quantity),
                price=money(row.unit_price_minor),
                total=money(row.total_minor),
            )
            for row in sold
        ],
        sums=[
            Amount(told.total, money(order.total_minor), True),
            *(
                Amount(
                    told.tax.format(name=tax.name, rate=words.percent(tax.rate_ppm, language)),
                    money(tax.amount_minor),
                )
                for tax in taxes
            ),
            *(
                [Amount(told.net, money(order.total_minor - order.tax_minor))]
                if order.tax_minor
                else []
            ),
            Amount(told.paid, money(order.paid_minor), True),
            *(
                [Amount(told.refunded, money(-order.refunded_minor))]
                if order.refunded_minor
                else []
            ),
        ],
    )


def _note(row: SoldRow, discount: str, told: ReceiptWords) -> str:
    off = f"{told.discount} {discount}" if row.discount_minor else ""
    return " · ".join(filter(None, (row.ticket_type, off)))

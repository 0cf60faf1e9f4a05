"""What a selection costs, line by line. Amounts are minor units of the quote's currency."""

import uuid
from collections.abc import Collection

import msgspec

from server.orgs.charges import Parts
from server.orgs.settings_models import Tax

NO_PARTS = Parts(0, [])


class Ware(msgspec.Struct, frozen=True):
    """A product that is wanted, at its organizer's price."""

    product_id: uuid.UUID
    name: str
    quantity: int
    price_minor: int


class Reduction(msgspec.Struct, frozen=True):
    """A discount on tickets: a share of each one's price, or an amount off all of them together.
    `ticket_type_ids`: empty for all."""

    basis_points: int | None = None
    amount_minor: int | None = None
    ticket_type_ids: Collection[uuid.UUID] = ()


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` of the same. `unit_price_minor`: all-in, as the map shows it; `discount_minor`:
    taken off all of them together; `parts`: what of the rest is fee and tax."""

    quantity: int
    unit_price_minor: int
    discount_minor: int = 0
    parts: Parts = NO_PARTS

    @property
    def total_minor(self) -> int:
        return self.unit_price_minor * self.quantity - self.discount_minor


class QuoteLine(Priced, frozen=True, kw_only=True):
    """One seat, or places of a pool."""

    seat_idx: int | None
    pool_id: uuid.UUID | None
    label: str
    section: str
    ticket_type_id: uuid.UUID
    ticket_type: str


class QuoteItem(Priced, frozen=True, kw_only=True):
    """A product."""

    product_id: uuid.UUID
    name: str


class QuoteTax(msgspec.Struct, frozen=True):
    """What of the total is this tax."""

    tax: Tax
    amount_minor: int


class Quote(msgspec.Struct, frozen=True):
    """`reduction_minor`: what the discount takes off, `points_minor`: what the points do; together
    they are `discount_minor`."""

    currency: str
    lines: list[QuoteLine]
    items: list[QuoteItem]
    taxes: list[QuoteTax]
    reduction_minor: int
    points_minor: int

    @property
    def priced(self) -> list[Priced]:
        return [*self.lines, *self.items]

    @property
    def total_minor(self) -> int:
        return sum(of.total_minor for of in self.priced)

    @property
    def discount_minor(self) -> int:
        return self.reduction_minor + self.points_minor

    @property
    def fee_minor(self) -> int:
        return sum(of.parts.fee_minor for of in self.priced)

    @property
    def tax_minor(self) -> int:
        return sum(tax.amount_minor for tax in self.taxes)

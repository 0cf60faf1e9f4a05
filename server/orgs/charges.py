"""What is put on a price, and what of it is whose: the platform's fee and the taxes.

A buyer sees and pays one price, all-in. `Charges.all_in` makes it of the price that an organizer
sets; `Charges.parts` says of an amount that was paid what in it is fee and which tax. The two are
inverse: of an all-in price nothing but the organizer's price is left to the organizer. Where nobody
pays a currency's smallest minor units, the price is rounded to what is paid, and what that takes
off or adds is the organizer's.

What is settled otherwise holds for whoever takes places from then on. So what held before is kept,
and a hold pays by what held when it began; nothing about charges is written with a hold.
"""

import datetime as dt
import uuid
from typing import Any, Literal

import msgspec

from server.kernel.db import Tx
from server.kernel.money import coin, divided, payable, split
from server.orgs import sql_charges as sql
from server.orgs.settings_models import Tax

MILLION = 1_000_000
Bearer = Literal["buyer", "organizer"]


class Parts(msgspec.Struct, frozen=True):
    """Of an amount, minor units. `taxes_minor`: in the order of the charges' taxes; the rest is the
    organizer's."""

    fee_minor: int
    taxes_minor: list[int]

    @property
    def tax_minor(self) -> int:
        return sum(self.taxes_minor)


class Charges(msgspec.Struct, frozen=True):
    """The fee is so much a ticket, or `fee_basis_points` of the price before taxes; it is on top of
    the price where the buyer bears it, else in it. Taxes are on both, and a price that has taxes
    in it has the included ones only. `coin`: prices all-in are multiples of it, minor units."""

    fee_per_ticket_minor: int = 0
    fee_basis_points: int = 0
    fee_bearer: Bearer = "buyer"
    taxes: list[Tax] = []
    coin: int = 1

    @property
    def rate_ppm(self) -> int:
        return sum(tax.rate_ppm for tax in self.taxes)

    @property
    def included_ppm(self) -> int:
        return sum(tax.rate_ppm for tax in self.taxes if tax.is_included)

    @property
    def without_fee(self) -> "Charges":
        """As of what is sold beside places: the fee is for tickets."""
        return Charges(taxes=self.taxes, coin=self.coin)

    def all_in(self, price_minor: int) -> int:
        """What a buyer pays for a place at this price. What costs nothing stays free."""
        if not price_minor:
            return 0
        within, every = MILLION + self.included_ppm, MILLION + self.rate_ppm
        fee_minor = 0
        if self.fee_bearer == "buyer":
            share = divided(price_minor * MILLION * self.fee_basis_points, within * 10_000)
            fee_minor = self.fee_per_ticket_minor or share
        exact = (price_minor * MILLION + fee_minor * within) * every
        return payable(divided(exact, within * MILLION), self.coin)

    def parts(self, paid_minor: int) -> Parts:
        """Of what was paid for one place: fee and taxes never exceed it."""
        net_minor = divided(paid_minor * MILLION, MILLION + self.rate_ppm)
        rates = [tax.rate_ppm for tax in self.taxes]
        taxes_minor = split(paid_minor - net_minor, rates) if any(rates) else [0 for _ in rates]
        if self.fee_per_ticket_minor:
            fee_minor = min(self.fee_per_ticket_minor, net_minor)
        elif self.fee_bearer == "buyer":
            fee_minor = net_minor - divided(net_minor * 10_000, 10_000 + self.fee_basis_points)
        else:
            fee_minor = divided(net_minor * self.fee_basis_points, 10_000)
        return Parts(fee_minor, taxes_minor)

    def parts_of(self, paid_minor: int, quantity: int) -> Parts:
        """Of what was paid for so many places together, each of which is a ticket of its own: it is
        shared out as evenly as whole minor units can be."""
        each, more = divmod(paid_minor, quantity)
        low, high = self.parts(each), self.parts(each + 1)
        return Parts(
            low.fee_minor * (quantity - more) + high.fee_minor * more,
            [
                less * (quantity - more) + greater * more
                for less, greater in zip(low.taxes_minor, high.taxes_minor, strict=True)
            ],
        )


class Former(msgspec.Struct, frozen=True):
    """What an organization had settled until then, or what its event (`is_of_event`) said."""

    valid_until: dt.datetime
    is_of_event: bool
    charges: dict[str, Any]


def combined(org: dict[str, Any], event: dict[str, Any], currency: str) -> Charges:
    """What an event says of it goes before what its organization has settled."""
    said = {name: event[name] for name in ("fee_bearer", "taxes") if event.get(name) is not None}
    return msgspec.convert(org | said | {"coin": coin(currency)}, Charges)


Epochs = list[tuple[dt.datetime | None, Charges]]
"""Charges until each moment at which they changed, in order; the last ones stay: None."""


async def of_event(
    tx: Tx, org_id: str, event_id: uuid.UUID, said: dict[str, Any], currency: str
) -> Epochs:
    """`said`: by the event itself, now; `currency`: its own."""
    row = await sql.OF_EVENT.first(tx, org_id, event_id)
    assert row is not None, "organizations are never deleted"
    return epochs(row.org, said, msgspec.convert(row.former, list[Former]), currency)


def epochs(
    org: dict[str, Any], said: dict[str, Any], former: list[Former], currency: str
) -> Epochs:
    found: Epochs = []
    for at, change in enumerate(former):
        later = former[at:]
        was_org = next((late.charges for late in later if not late.is_of_event), org)
        was_said = next((late.charges for late in later if late.is_of_event), said)
        found.append((change.valid_until, combined(was_org, was_said, currency)))
    return [*found, (None, combined(org, said, currency))]


async def keep(tx: Tx, org_id: str) -> None:
    """The organization's fee or taxes are about to change: who holds places pays as it was."""
    await sql.KEEP_OF_ORG.run(tx, org_id)


async def keep_of_event(tx: Tx, org_id: str, event_id: uuid.UUID, said: dict[str, Any]) -> None:
    """What the event said of fee and taxes is about to change."""
    await sql.KEEP_OF_EVENT.run(tx, org_id, event_id, said)
